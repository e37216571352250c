#include "base/log.h"

#include <unistd.h>

#include <algorithm>

namespace base {
namespace {

bool plain(char c) { return c > ' ' && c != '"' && c != '\\' && c != '=' && c != 127; }

void append_value(std::string& out, std::string_view value) {
  if (!value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
        return plain(c) || static_cast<unsigned char>(c) >= 0x80;
      })) {
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

std::string line(std::string_view message, std::span<const Field> fields) {
  std::string out(message);
  for (const Field& field : fields) {
    out += ' ';
    out += field.key;
    out += '=';
    append_value(out, field.value);
  }
  return out;
}

void to_stderr(Level level, std::string_view message, std::span<const Field> fields) {
  const std::string text =
      '<' + std::to_string(static_cast<int>(level)) + '>' + line(message, fields) + '\n';
  // A log that cannot be written must not stop the work; there is nowhere to say so either.
  [[maybe_unused]] const auto ignored = write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace base
