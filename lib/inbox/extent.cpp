#include "inbox/extent.h"

#include "sqlite/statement.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <chrono>
#include <string>

namespace inbox {
namespace {

std::size_t bytes_of(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 ? static_cast<std::size_t>(status.st_size) : 0;
}

// Counts what the view `unconfirmed` lists, among the first 20,000 live rows.
std::int64_t count_unconfirmed(sqlite::Database& database, base::Utc now) {
  using namespace std::chrono_literals;
  sqlite::Statement count(
      database,
      "SELECT count(*) FROM (SELECT last_received_at, confirm_unknown FROM events"
      " INDEXED BY events_live WHERE confirmed_at IS NULL AND superseded_by IS NULL LIMIT 20000)"
      " WHERE last_received_at > iif(confirm_unknown, ?1, ?2)");
  const std::string hour_ago = base::iso8601(now - 1h), days_ago = base::iso8601(now - 96h);
  sqlite::Rows rows = count.query(hour_ago, days_ago);
  rows.next();
  return rows.integer(0);
}

}  // namespace

Extent extent_of(sqlite::Database& database, base::Utc now) {
  const std::string path = database.path();
  Extent extent;
  extent.database_bytes = bytes_of(path);
  extent.wal_bytes = bytes_of(path + "-wal");
  struct statvfs status {};
  if (statvfs(path.c_str(), &status) == 0) {
    extent.free_bytes = static_cast<std::size_t>(status.f_bavail) * status.f_frsize;
    extent.file_system_bytes = static_cast<std::size_t>(status.f_blocks) * status.f_frsize;
  }
  extent.unconfirmed = count_unconfirmed(database, now);
  return extent;
}

}  // namespace inbox
