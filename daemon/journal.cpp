#include "daemon/journal.h"

#include "base/text.h"

#include <cstdint>

namespace vodeventd {
namespace {

// What the journal takes in one datagram is a multiple of this for each of our fields.
constexpr std::size_t value_bytes_max = std::size_t{16} * 1024;

// NAME=value, or for a value of several lines the name, its length as 64 bits little endian, and
// the value.
void append(std::string& entry, std::string_view name, std::string_view whole) {
  const std::string_view value = base::clip(whole, value_bytes_max);
  if (value.empty()) return;
  entry += name;
  if (value.find('\n') == value.npos) {
    entry += '=';
  } else {
    entry += '\n';
    for (int shift = 0; shift < 64; shift += 8)
      entry += static_cast<char>(std::uint64_t{value.size()} >> shift & 0xff);
  }
  entry += value;
  entry += '\n';
}

std::string journal_name(std::string_view key) {
  if (key == "errno") return "ERRNO";
  std::string name = "VODEVENTD_";
  for (const char c : key) name += base::to_upper(c);
  return name;
}

}  // namespace

std::string journal_entry(const base::Message& message, std::span<const base::Field> fields,
                          std::string_view sub_app_id) {
  std::string entry;
  append(entry, "MESSAGE", base::line(message, fields));
  append(entry, "MESSAGE_ID", message.id);
  append(entry, "PRIORITY", std::to_string(static_cast<int>(message.level)));
  append(entry, "SYSLOG_IDENTIFIER", "vodeventd");
  append(entry, journal_name("sub_app_id"), sub_app_id);
  for (const base::Field& field : fields) append(entry, journal_name(field.key), field.value);
  return entry;
}

}  // namespace vodeventd
