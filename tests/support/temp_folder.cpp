#include "support/temp_folder.h"

#include <sys/statvfs.h>

#include <stdexcept>

namespace support {
namespace {

// What the largest test takes, and some more.
constexpr std::uintmax_t needed_mb = 300;

}  // namespace

void check_room(const std::string& folder) {
  struct statvfs status {};
  if (::statvfs(folder.c_str(), &status) != 0)
    throw std::system_error(errno, std::generic_category(), folder);
  const std::uintmax_t free_mb = std::uintmax_t{status.f_bavail} * status.f_frsize >> 20;
  if (free_mb < needed_mb)
    throw std::runtime_error("there are " + std::to_string(free_mb) + " MB free in " + folder +
                             ", and a test may need " + std::to_string(needed_mb) +
                             " MB: TMPDIR names another folder");
}

}  // namespace support
