#include "credentials/profile.h"

#include "credentials/find.h"
#include "credentials/source.h"

namespace credentials {
namespace {

// Cuts the next line off `rest`; its end may be LF or CRLF.
std::string_view next_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
  return trimmed(line);
}

[[noreturn]] void refuse(const std::string& path, int line, const std::string& why) {
  throw Error(path + " line " + std::to_string(line) + ": " + why);
}

std::string_view* slot_of(Profile& profile, std::string_view name) {
  if (name == "secret_id") return &profile.secret_id;
  if (name == "secret_key") return &profile.secret_key;
  if (name == "token") return &profile.token;
  return nullptr;
}

}  // namespace

Profile parse_profile(std::string_view text, const std::string& section, const std::string& path) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  Profile profile;
  bool found = false;
  bool inside = false;
  for (int number = 1; !text.empty(); ++number) {
    const std::string_view line = next_line(text);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[') {
      inside = line.back() == ']' && trimmed(line.substr(1, line.size() - 2)) == section;
      found = found || inside;
    } else if (inside) {
      const std::size_t equals = line.find('=');
      if (equals == line.npos) refuse(path, number, "expected name = value");
      std::string_view* const slot = slot_of(profile, trimmed(line.substr(0, equals)));
      if (slot == nullptr) continue;
      if (slot->data() != nullptr) refuse(path, number, "the name is given twice");
      *slot = line.substr(equals + 1);
    }
  }
  if (!found) throw Error(path + " has no section [" + section + "]");
  return profile;
}

}  // namespace credentials
