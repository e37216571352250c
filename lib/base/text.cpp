#include "base/text.h"

#include <cstdint>
#include <cstring>

namespace base {
namespace {

void append_escaped(std::string& out, unsigned char byte) {
  constexpr char digits[] = "0123456789abcdef";
  out += "\\x";
  out += digits[byte >> 4];
  out += digits[byte & 15];
}

struct Range {
  unsigned char first, last;
};

// What may follow the first byte of a character: a part of the forms of two, three and four bytes
// would be an overlong form, a surrogate or beyond U+10FFFF.
constexpr Range second_byte(unsigned char first) {
  switch (first) {
    case 0xe0:
      return {0xa0, 0xbf};
    case 0xed:
      return {0x80, 0x9f};
    case 0xf0:
      return {0x90, 0xbf};
    case 0xf4:
      return {0x80, 0x8f};
    default:
      return {0x80, 0xbf};
  }
}

// How many bytes of a well-formed character are at the start of the text; 0 when none is.
std::size_t character_bytes(std::string_view text) noexcept {
  const auto byte = [text](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (length == 0 || first > 0xf4 || length > text.size()) return 0;
  const Range second = second_byte(first);
  if (byte(1) < second.first || byte(1) > second.last) return 0;
  for (std::size_t at = 2; at < length; ++at)
    if ((byte(at) & 0xc0) != 0x80) return 0;
  return length;
}

// How many of the bytes at the start are ASCII, counted in eights: most of JSON is.
std::size_t ascii_bytes(std::string_view text) noexcept {
  constexpr std::uint64_t high_bits = 0x8080808080808080;
  std::size_t at = 0;
  for (std::uint64_t eight = 0; at + sizeof eight <= text.size(); at += sizeof eight) {
    std::memcpy(&eight, text.data() + at, sizeof eight);
    if ((eight & high_bits) != 0) break;
  }
  return at;
}

// ESC and its like, up to U+009F, which some terminals obey.
bool controls(std::string_view character) {
  const auto first = static_cast<unsigned char>(character.front());
  if (character.size() == 1) return first < ' ' || first == 127;
  return first == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0;
}

}  // namespace

std::size_t not_utf8_at(std::string_view text) noexcept {
  for (std::size_t at = 0;;) {
    at += ascii_bytes(text.substr(at));
    for (int characters = 0; characters < 8; ++characters) {
      if (at == text.size()) return text.npos;
      const std::size_t length = character_bytes(text.substr(at));
      if (length == 0) return at;
      at += length;
    }
  }
}

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = character_bytes(text);
    const std::string_view character = text.substr(0, length == 0 ? 1 : length);
    if (length == 0 || controls(character))
      for (const char c : character) append_escaped(out, static_cast<unsigned char>(c));
    else
      out += character;
    text.remove_prefix(character.size());
  }
  return out;
}

}  // namespace base
