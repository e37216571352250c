#include "inbox/open.h"

#include "base/file.h"
#include "inbox/inbox.h"
#include "inbox/migrate.h"
#include "inbox/schema.h"
#include "inbox/surroundings.h"
#include "sqlite/transaction.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace inbox {
namespace {

constexpr std::int64_t application_id = 0x766f6465;  // "vode", as inbox-1.sql sets it

// SQLite gives its -wal and -shm files the mode and owner of this one.  To be called before SQLite
// opens it: closing a descriptor drops all locks that the process holds on the file.
void make_file(const std::string& path) { close(base::open_private(path)); }

void check_file_system(const std::string& path) {
  const std::string_view name = unfit_file_system_at(path);
  if (name.empty()) return;
  throw Refused("database " + path + " would be on " + std::string(name) +
                ", which can't carry SQLite's write-ahead log; give [store] path a local disk");
}

void check_ours(sqlite::Database& database, const std::string& path) {
  const bool empty = database.number("SELECT count(*) FROM sqlite_schema") == 0;
  if (!empty && database.number("PRAGMA application_id") != application_id)
    throw Refused("database " + path +
                  " belongs to another program; give [store] path a file of its own");
  const std::int64_t version = database.number("PRAGMA user_version");
  if (version > static_cast<std::int64_t>(migration_count))
    throw Refused("database " + path + " has version " + std::to_string(version) +
                  ", this program knows " + std::to_string(migration_count) +
                  "; install the newer vodeventd again");
}

// FULL: an event that was confirmed is gone at the other side, so a commit that a power cut can
// undo would lose it.  The page cache is bounded; a reader sees only whole commits.
void configure(sqlite::Database& database) {
  database.run("PRAGMA journal_mode = WAL");
  database.run("PRAGMA synchronous = FULL");
  database.run("PRAGMA cache_size = -4000");             // KiB
  database.run("PRAGMA journal_size_limit = 67108864");  // a log that has grown is cut again
  database.run("PRAGMA secure_delete = FAST");  // else what is deleted would be written once more
  database.keep_wal_files();
  database.no_checkpoint_at_close();
}

// What an earlier process has committed may stand in the page cache only, after a failed fsync that
// ended it.  To append to such a log would lose what is appended at the next power cut, and a
// checkpoint of it could damage the database; so neither happens before its bytes are on the disk.
// A large one, of a VACUUM that was killed at its end, is taken in at once, while the service
// manager waits: the first commit would else do it, in silence.
void settle_log(sqlite::Database& database, const Tell& tell) {
  constexpr std::int64_t large = std::int64_t{64} << 20;
  struct stat status {};
  const bool there = stat((database.path() + "-wal").c_str(), &status) == 0;
  const std::int64_t bytes = there ? status.st_size : 0;
  if (bytes > large && tell) begin_stage(tell, "taking in the write-ahead log", bytes);
  {
    const sqlite::Transaction transaction(database);  // opens the log and keeps others from writing
    database.make_log_durable();
  }
  if (bytes > large) database.run("PRAGMA wal_checkpoint(TRUNCATE)");
}

// Views hold nothing.  They are made again when this program brings others than the file has.
void refresh_views(sqlite::Database& database) {
  const std::string fingerprint = views_fingerprint();
  if (database.text("SELECT value FROM meta WHERE key = 'views'") == fingerprint) return;
  sqlite::Transaction transaction(database);
  database.run(common_views);
  database.run(views);
  sqlite::Statement(database, "INSERT OR REPLACE INTO meta VALUES ('views', ?1)").run(fingerprint);
  transaction.commit();
}

// Says what SQLite can't know: which file, and who holds the lock.
[[noreturn]] void explain(const std::string& path, const std::system_error& error) {
  if (damaged(error.code())) refuse_damaged(path, error);
  const bool ours = error.code().category() == sqlite::category();
  const int code = ours ? sqlite::primary_code(error.code()) : SQLITE_OK;
  if (code == SQLITE_INTERRUPT)
    throw Interrupted("database " + path + " was not opened to the end");
  if (code != SQLITE_BUSY && code != SQLITE_FULL) throw std::system_error(error);
  const std::string holder = code == SQLITE_BUSY ? writer_of(path) : "";
  throw std::system_error(
      error.code(), "open database " + path + (holder.empty() ? "" : ", locked by " + holder));
}

}  // namespace

bool damaged(const std::error_code& code) noexcept {
  const int primary = sqlite::primary_code(code);
  return code.category() == sqlite::category() &&
         (primary == SQLITE_NOTADB || primary == SQLITE_CORRUPT);
}

void refuse_damaged(const std::string& path, const std::system_error& error) {
  if (sqlite::primary_code(error.code()) == SQLITE_NOTADB)
    throw Refused(
        path + " is no SQLite database; it was left alone.  Give [store] path a file of its own");
  const std::string why = error.what();
  throw Refused("database " + path + " is damaged (" + why +
                "); it was left alone.  Save what is readable: sqlite3 " + path +
                " .recover | sqlite3 recovered.db");
}

sqlite::Database open(const std::string& path, const Tell& tell) try {
  check_file_system(path);
  make_file(path);
  sqlite::Database database(path, sqlite::Database::Mode::read_write);
  database.busy_timeout_ms(static_cast<int>(Inbox::busy_timeout.count()));
  check_ours(database, path);
  shrinkable_from_the_start(database);
  configure(database);
  settle_log(database, tell);
  migrate(database, tell);
  refresh_views(database);
  make_shrinkable(database, tell);
  return database;
} catch (const std::system_error& error) {
  explain(path, error);
}

sqlite::Database open_read_only(const std::string& path) try {
  if (access(path.c_str(), R_OK) != 0)
    throw Refused("database " + path + " can't be read: " + std::strerror(errno) +
                  "; is [store] path right, has the daemon run, may this user read it?");
  sqlite::Database database(path, sqlite::Database::Mode::read_only);
  database.busy_timeout_ms(static_cast<int>(Inbox::busy_timeout.count()));
  check_ours(database, path);
  const std::int64_t version = database.number("PRAGMA user_version");
  if (version != static_cast<std::int64_t>(migration_count))
    throw Refused("database " + path + " has version " + std::to_string(version) + ", not " +
                  std::to_string(migration_count) +
                  "; vodeventd run or drain brings it up to date");
  return database;
} catch (const std::system_error& error) {
  if (damaged(error.code())) refuse_damaged(path, error);
  throw;
}

std::string describe(const std::string& path) try {
  sqlite::Database database(path, sqlite::Database::Mode::read_only);
  database.busy_timeout_ms(static_cast<int>(Inbox::busy_timeout.count()));
  check_ours(database, path);
  const std::int64_t version = database.number("PRAGMA user_version");
  if (version == 0) return path + " is empty";
  const std::string text = path + ", version " + std::to_string(version);
  const std::int64_t last = database.number("SELECT max(id) FROM events");
  if (last == 0) return text + ", no events";
  const std::int64_t rows =
      database.number(version == 1 ? "SELECT count(*) FROM events"
                                   : "SELECT stored + relinked - deleted_events FROM counters");
  return text + ", " + std::to_string(rows) + " events, the last is " + std::to_string(last) +
         " of " + database.text("SELECT received_at FROM events ORDER BY id DESC LIMIT 1");
} catch (const std::system_error& error) {
  if (damaged(error.code())) refuse_damaged(path, error);
  throw;
}

}  // namespace inbox
