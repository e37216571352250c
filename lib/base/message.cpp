#include "base/message.h"

#include <algorithm>

namespace base {
namespace {

bool plain(char c) { return c > ' ' && c != '"' && c != '\\' && c != '=' && c != 127; }

void append_value(std::string& out, std::string_view value) {
  if (std::all_of(value.begin(), value.end(),
                  [](char c) { return plain(c) || static_cast<unsigned char>(c) >= 0x80; })) {
    out += value;
    return;
  }
  constexpr char digits[] = "0123456789abcdef";
  out += '"';
  for (char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < ' ' || byte == 127) {
      out += "\\x";
      out += digits[byte >> 4];
      out += digits[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace

std::string_view to_string(Level level) {
  switch (level) {
    case Level::critical:
      return "critical";
    case Level::error:
      return "error";
    case Level::warning:
      return "warning";
    case Level::notice:
      return "notice";
    case Level::info:
      return "info";
    case Level::debug:
      return "debug";
  }
  return "";
}

std::string line(const Message& message, std::span<const Field> fields) {
  std::string out(message.text);
  for (const Field& field : fields) {
    if (field.value.empty()) continue;
    out += ' ';
    out += field.key;
    out += '=';
    append_value(out, field.value);
  }
  return out;
}

}  // namespace base
