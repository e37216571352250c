#include "daemon/names.h"

#include <grp.h>
#include <pwd.h>

#include <array>
#include <cstdio>
#include <iterator>

namespace vodeventd {

std::string user_name(uid_t user) {
  const passwd* entry = getpwuid(user);
  return entry ? entry->pw_name : std::to_string(user);
}

std::string group_name(gid_t group) {
  const ::group* entry = getgrgid(group);
  return entry ? entry->gr_name : std::to_string(group);
}

std::string group_members(gid_t group) {
  std::string members;
  const ::group* entry = getgrgid(group);
  for (char** name = entry ? entry->gr_mem : nullptr; name && *name; ++name) {
    if (!members.empty()) members += ", ";
    members += *name;
  }
  return members;
}

std::string in_ms(std::chrono::nanoseconds time) {
  std::array<char, 40> text{};
  const double milliseconds = std::chrono::duration<double, std::milli>(time).count();
  std::snprintf(text.data(), text.size(), milliseconds < 10 ? "%.1f ms" : "%.0f ms", milliseconds);
  return text.data();
}

std::string in_bytes(double bytes) {
  constexpr const char* units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  for (; bytes >= 1024 && unit + 1 < std::size(units); ++unit) bytes /= 1024;
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), bytes < 10 && unit > 0 ? "%.1f %s" : "%.0f %s", bytes,
                units[unit]);
  return text.data();
}

}  // namespace vodeventd
