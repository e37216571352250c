#include "import/whole_part.h"

#include "import/grammar.h"
#include "import/letters.h"

#include <utility>

namespace import {
namespace {

// The place behind the quote that closes, npos when the string breaks off.
std::size_t string_end(std::string_view text, std::size_t quote) {
  for (std::size_t at = quote + 1; at < text.size(); ++at) {
    if (text[at] == '\\')
      ++at;
    else if (text[at] == '"')
      return at + 1;
    else if (text[at] == '\n')
      break;
  }
  return text.npos;
}

std::size_t word_end(std::string_view text, std::size_t at) {
  while (at < text.size() && !ends_word(text[at])) ++at;
  return at;
}

bool take(Grammar& grammar, char c) {
  if (is_open(c)) return grammar.open(c);
  if (c == '}' || c == ']') return grammar.close(c);
  if (c == '"') return grammar.string();
  if (c == ':') return grammar.colon();
  return c == ',' ? grammar.comma() : grammar.word();
}

}  // namespace

std::optional<WholePart> whole_part(std::string_view broken) {
  Grammar grammar;
  std::string ends;  // what closes the brackets that are open
  std::size_t bytes = 0, ends_there = 0;
  for (std::size_t at = 0; at < broken.size();) {
    const char c = broken[at];
    if (is_blank(c) || c == '\n') {
      ++at;
      continue;
    }
    if (!take(grammar, c)) break;
    if (is_open(c)) ends += c == '{' ? '}' : ']';
    at = c == '"' ? string_end(broken, at) : ends_word(c) ? at + 1 : word_end(broken, at);
    if (c != '}' && c != ']') continue;
    ends.pop_back();
    ends_there = ends.size();
    bytes = at;
  }
  if (bytes == 0) return std::nullopt;
  ends.resize(ends_there);  // brackets have only been opened since
  return WholePart{std::string(broken.substr(0, bytes)).append(ends.rbegin(), ends.rend()), bytes};
}

}  // namespace import
