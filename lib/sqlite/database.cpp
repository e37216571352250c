#include "sqlite/database.h"

#include "sqlite/library.h"
#include "sqlite/log.h"
#include "sqlite/statement.h"

namespace sqlite {
namespace {

class Category final : public std::error_category {
 public:
  [[nodiscard]] const char* name() const noexcept override { return "sqlite"; }
  [[nodiscard]] std::string message(int code) const override { return sqlite3_errstr(code); }
};

int flags(Database::Mode mode) {
  switch (mode) {
    case Database::Mode::create:
      return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    case Database::Mode::read_write:
      return SQLITE_OPEN_READWRITE;
    case Database::Mode::read_only:
      return SQLITE_OPEN_READONLY;
  }
  return SQLITE_OPEN_READONLY;
}

}  // namespace

const std::error_category& category() noexcept {
  static const Category instance;
  return instance;
}

void check(int result, sqlite3* connection, std::string_view what) {
  if (result == SQLITE_OK || result == SQLITE_ROW || result == SQLITE_DONE) return;
  const int code = connection ? sqlite3_extended_errcode(connection) : result;
  std::string message(what);
  const std::string_view detail = connection ? sqlite3_errmsg(connection) : "";
  // The category adds the code's general words by itself.
  if (!detail.empty() && detail != sqlite3_errstr(code)) message.append(": ").append(detail);
  throw std::system_error(code, category(), message);
}

Database::Database(const std::string& path, Mode mode) {
  set_up_library();
  sqlite3* connection = nullptr;
  const int result =
      sqlite3_open_v2(path.c_str(), &connection,
                      flags(mode) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  connection_.reset(connection);  // to be closed even when opening failed
  check(result, connection, "open " + path);
}

void Database::run(std::string_view script) {
  const std::string terminated(script);
  check(sqlite3_exec(handle(), terminated.c_str(), nullptr, nullptr, nullptr), handle(), "run");
}

std::int64_t Database::number(std::string_view query) {
  Statement statement(*this, query);
  Rows rows = statement.query();
  return rows.next() ? rows.integer(0) : 0;
}

std::string Database::text(std::string_view query) {
  Statement statement(*this, query);
  Rows rows = statement.query();
  return rows.next() ? std::string(rows.text(0)) : std::string();
}

std::string Database::path() const {
  const char* name = sqlite3_db_filename(handle(), "main");
  return name ? name : "";
}

void Database::busy_timeout_ms(int milliseconds) {
  check(sqlite3_busy_timeout(handle(), milliseconds), handle(), "set the busy timeout");
}

void Database::no_checkpoint_at_close() {
  check(sqlite3_db_config(handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr), handle(),
        "keep the write-ahead log");
}

void Database::make_log_durable() {
  sqlite3_file* log = nullptr;
  check(sqlite3_file_control(handle(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &log), handle(),
        "find the write-ahead log");
  if (log && log->pMethods) write_again(*log);
}

void Database::keep_wal_files() {
  int on = 1;
  check(sqlite3_file_control(handle(), "main", SQLITE_FCNTL_PERSIST_WAL, &on), handle(),
        "keep the WAL files");
}

}  // namespace sqlite
