// Text for people: cut, and safe to print.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace base {

// Of ASCII letters alone, whatever the locale: in Turkish the capital of i is another letter.
constexpr char to_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// Cut between characters, so that what is left is still UTF-8.
inline std::string_view clip(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

// The place of the first byte that is not part of a well-formed character (Unicode, table 3-7: no
// overlong form, no surrogate, nothing beyond U+10FFFF); npos when all is UTF-8.
std::size_t not_utf8_at(std::string_view text) noexcept;

// With \xNN in place of what would steer a terminal, and of what is no UTF-8.
std::string printable(std::string_view text);

}  // namespace base
