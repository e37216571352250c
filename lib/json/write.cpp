#include "json/write.h"

#include <array>
#include <cassert>
#include <charconv>
#include <cmath>

namespace json {
namespace {

// Bytes of the UTF-8 character that `text` starts with, 0 when it is none.
std::size_t character_bytes(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t bytes = lead < 0xC2   ? 0
                            : lead < 0xE0 ? 2
                            : lead < 0xF0 ? 3
                            : lead < 0xF5 ? 4
                                          : 0;
  if (bytes == 0 || text.size() < bytes) return 0;
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  // Too long a form, a surrogate, or beyond U+10FFFF.
  if ((lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xED && byte(1) >= 0xA0)) return 0;
  if ((lead == 0xF0 && byte(1) < 0x90) || (lead == 0xF4 && byte(1) >= 0x90)) return 0;
  return bytes;
}

void write_escaped(char c, std::string& out) {
  constexpr std::string_view digits = "0123456789abcdef";
  constexpr std::string_view letters = "btn?fr";  // of \b (8) to \r (13)
  out += '\\';
  if (c == '"' || c == '\\') {
    out += c;
  } else if (c >= '\b' && c <= '\r' && c != '\v') {
    out += letters[static_cast<std::size_t>(c - '\b')];
  } else {
    out += "u00";
    out += digits[static_cast<std::size_t>(c) >> 4];
    out += digits[static_cast<std::size_t>(c) & 15];
  }
}

void write_text(std::string_view text, std::string& out) {
  out += '"';
  while (!text.empty()) {
    const char c = text[0];
    const std::size_t bytes = character_bytes(text);
    if (c == '"' || c == '\\' || (bytes == 1 && c < ' ')) {
      write_escaped(c, out);
    } else {
      out += bytes > 0 ? text.substr(0, bytes) : "\xEF\xBF\xBD";
    }
    text.remove_prefix(bytes > 0 ? bytes : 1);
  }
  out += '"';
}

template <class Number>
void write_number(Number number, std::string& out) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void write_value(const Type& type, const void* slot, std::string& out);

void write_record(Rows rows, const void* record, std::string& out) {
  out += '{';
  const std::size_t start = out.size();
  for (const Field& field : rows) {
    const void* slot = static_cast<const char*>(record) + field.offset;
    std::size_t count = 1;
    if (field.type->peek) field.type->peek(slot, count);
    if (count == 0 || field.alias) continue;
    if (out.size() > start) out += ',';
    write_text(field.name, out);
    out += ':';
    write_value(*field.type, slot, out);
  }
  out += '}';
}

void write_list(const Type& type, const void* first, std::size_t count, std::string& out) {
  out += '[';
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) out += ',';
    write_value(*type.element, static_cast<const char*>(first) + i * type.stride, out);
  }
  out += ']';
}

// Goes as deep as the schema nests its records.
void write_value(const Type& type, const void* slot, std::string& out) {
  std::size_t count = 1;
  const void* value = type.peek ? type.peek(slot, count) : slot;
  switch (type.shape) {
    case Shape::boolean:
      out += *static_cast<const bool*>(value) ? "true" : "false";
      break;
    case Shape::integer:
      write_number(*static_cast<const std::int64_t*>(value), out);
      break;
    case Shape::natural:
      write_number(*static_cast<const std::uint64_t*>(value), out);
      break;
    case Shape::number:
      assert(std::isfinite(*static_cast<const double*>(value)));
      write_number(*static_cast<const double*>(value), out);
      break;
    case Shape::text:
      write_text(*static_cast<const std::string*>(value), out);
      break;
    case Shape::record:
      write_record(type.rows(), value, out);
      break;
    case Shape::list:
      write_list(type, value, count, out);
      break;
    case Shape::any:
      break;
  }
}

}  // namespace

std::string write(const Type& type, const void* record) {
  std::string out;
  write_value(type, record, out);
  return out;
}

std::string quote(std::string_view text) {
  std::string out;
  write_text(text, out);
  return out;
}

}  // namespace json
