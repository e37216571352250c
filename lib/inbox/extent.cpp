#include "inbox/extent.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <string>
#include <string_view>

namespace inbox {
namespace {

std::size_t bytes_of(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 ? static_cast<std::size_t>(status.st_size) : 0;
}

// As the view of that name counts them, but of so many live rows only.
constexpr std::string_view live =
    "SELECT count(*) FROM (SELECT last_received_at, confirm_unknown FROM events"
    " INDEXED BY events_live WHERE confirmed_at IS NULL AND superseded_by IS NULL LIMIT 20000)"
    " WHERE julianday(last_received_at) > julianday('now') - iif(confirm_unknown, 1.0 / 24, 4)";

}  // namespace

Extent extent_of(sqlite::Database& database) {
  const std::string path = database.path();
  Extent extent;
  extent.database_bytes = bytes_of(path);
  extent.wal_bytes = bytes_of(path + "-wal");
  struct statvfs status {};
  if (statvfs(path.c_str(), &status) == 0) {
    extent.free_bytes = static_cast<std::size_t>(status.f_bavail) * status.f_frsize;
    extent.file_system_bytes = static_cast<std::size_t>(status.f_blocks) * status.f_frsize;
  }
  extent.unconfirmed = database.number(live);
  return extent;
}

}  // namespace inbox
