// A piece of a text: a value, or what is broken.
#pragma once

#include <cstdint>
#include <string_view>

namespace import {

enum class Fault {
  none,           // brackets balance; whether it is valid its reader finds out
  stray,          // stands where a value should begin, and is none
  unclosed,       // has no end
  too_long,       // no end within value_bytes_max
  list_unclosed,  // a list at the top that the text ends in: no text, its elements came before
  utf16,          // the whole text is UTF-16 or UTF-32: no text, and nothing else comes
};

// In words, for people; of none it is empty.
std::string_view to_string(Fault fault);

// Counted from the beginning of the text.
struct Place {
  std::uint64_t byte = 0;  // from 0
  std::uint64_t line = 1;  // from 1
};

struct Piece {
  std::uint64_t byte;  // where it begins
  std::uint64_t line;
  std::string_view text;  // lives until the splitter is fed again
  Fault fault;
};

}  // namespace import
