// The bytes that JSON is made of, as far as the splitter looks.
#pragma once

namespace import {

constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

constexpr bool is_open(char c) { return c == '{' || c == '['; }

// Whether a number, true or the like does not go on with this.
constexpr bool ends_word(char c) {
  return is_blank(c) || c == '\n' || c == '"' || c == ',' || c == ':' || is_open(c) || c == '}' ||
         c == ']';
}

// Between values.  A byte order mark stands where files were joined, too.
constexpr bool separates(char c) {
  return is_blank(c) || c == '\n' || c == ',' || c == '\xEF' || c == '\xBB' || c == '\xBF';
}

}  // namespace import
