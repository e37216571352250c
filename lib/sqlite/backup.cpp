#include "sqlite/backup.h"

namespace sqlite {

// What is left of a copy that was interrupted is of no use, so that no journal is kept of it.
Backup::Backup(Database& source, const std::string& target)
    : target_(target, Database::Mode::read_write), reading_(source) {
  target_.run("PRAGMA journal_mode = OFF");
  copying_.reset(sqlite3_backup_init(target_.handle(), "main", source.handle(), "main"));
  if (!copying_) check(sqlite3_errcode(target_.handle()), target_.handle(), "copy to " + target);
}

bool Backup::step(int pages) {
  const int result = sqlite3_backup_step(copying_.get(), pages);
  if (result == SQLITE_OK) return true;
  if (result == SQLITE_DONE) return false;
  throw std::system_error(result, category(), "copy to " + target_.path());
}

std::int64_t Backup::pages() const { return sqlite3_backup_pagecount(copying_.get()); }
std::int64_t Backup::pages_left() const { return sqlite3_backup_remaining(copying_.get()); }

// The copy says of itself that it has a write-ahead log, as the source does.
std::string Backup::finish() {
  check(sqlite3_backup_finish(copying_.release()), nullptr, "copy to " + target_.path());
  target_.run("PRAGMA journal_mode = DELETE");
  const std::string found = target_.text("PRAGMA quick_check(1)");
  return found == "ok" ? "" : found;
}

}  // namespace sqlite
