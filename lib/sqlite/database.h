// Database: one SQLite connection.  Owns it, closes it with its scope; every call that SQLite
// refuses throws std::system_error with category() and SQLite's own words.  Not shared between
// threads.
#pragma once

#include "base/owned.h"

#include <sqlite3.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

namespace sqlite {

// Values are SQLite's extended result codes; primary_code() strips them to the basic one.
const std::error_category& category() noexcept;
inline int primary_code(const std::error_code& code) noexcept { return code.value() & 0xff; }

class Database {
 public:
  enum class Mode { create, read_write, read_only };

  Database(const std::string& path, Mode mode);

  // Runs one or more statements that give no rows.
  void run(std::string_view script);

  // The first column of the first row as a number, 0 when there is no row.
  std::int64_t number(std::string_view query);

  // The same as text, empty when there is no row.
  std::string text(std::string_view query);

  [[nodiscard]] std::int64_t last_insert_id() const noexcept {
    return sqlite3_last_insert_rowid(connection_.get());
  }
  [[nodiscard]] int changes() const noexcept { return sqlite3_changes(connection_.get()); }
  [[nodiscard]] bool in_transaction() const noexcept {
    return sqlite3_get_autocommit(connection_.get()) == 0;
  }
  [[nodiscard]] sqlite3* handle() const noexcept { return connection_.get(); }

  // Of the last SQLITE_IOERR or SQLITE_CANTOPEN.
  [[nodiscard]] int system_errno() const noexcept {
    return sqlite3_system_errno(connection_.get());
  }

  // Gives the memory of cached pages back that are not in use.
  void release_memory() noexcept { sqlite3_db_release_memory(connection_.get()); }

  // Where the file really is, symbolic links followed.
  [[nodiscard]] std::string path() const;

  // How long a call waits for another connection's lock before it throws SQLITE_BUSY.
  void busy_timeout_ms(int milliseconds);

  // Leaves the -wal and -shm files when the last connection closes: a reader that may not write the
  // folder could not make them and so not read at all.
  void keep_wal_files();

  // Leaves the write-ahead log as it is when the last connection closes.
  void no_checkpoint_at_close();

  // Writes what is valid of the write-ahead log once more and syncs it.  For a log that another
  // process may have left after a failed fsync: the kernel shows its pages, calls them clean, and
  // never writes them; written again they are dirty, so that this sync tells the truth.  In a write
  // transaction.
  void make_log_durable();

 private:
  using Connection = base::Owned<sqlite3, sqlite3_close>;
  Connection connection_;
};

// Throws for a result code that is an error.
void check(int result, sqlite3* connection, std::string_view what);

}  // namespace sqlite
