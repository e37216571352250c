#include "sqlite/statement.h"

#include <cassert>

namespace sqlite {

Rows::~Rows() {
  // The result repeats the error of the last step, which was thrown then.
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

bool Rows::next() {
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result != SQLITE_DONE) check(result, sqlite3_db_handle(statement_), sqlite3_sql(statement_));
  return false;
}

bool Rows::is_null(int column) const noexcept {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Rows::integer(int column) const noexcept {
  return sqlite3_column_int64(statement_, column);
}

std::string_view Rows::text(int column) const noexcept {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return data ? std::string_view(data,
                                 static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)))
              : std::string_view();
}

std::string_view Rows::blob(int column) const noexcept {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  return data ? std::string_view(data,
                                 static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)))
              : std::string_view();
}

Statement::Statement(Database& database, std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int result = sqlite3_prepare_v3(database.handle(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  statement_.reset(statement);
  check(result, database.handle(), sql);
}

void Statement::check_count(int given) const {
  assert(given == sqlite3_bind_parameter_count(statement_.get()));
  static_cast<void>(given);
}

void Statement::check_bind(int result) const {
  if (result != SQLITE_OK) check(result, sqlite3_db_handle(statement_.get()), "bind");
}

// A null pointer would bind NULL where an empty text or blob is meant.
void Statement::bind(int index, std::string_view text) {
  check_bind(sqlite3_bind_text64(statement_.get(), index, text.data() ? text.data() : "",
                                 text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void Statement::bind(int index, const Blob& blob) {
  check_bind(sqlite3_bind_blob64(statement_.get(), index,
                                 blob.bytes.data() ? blob.bytes.data() : "", blob.bytes.size(),
                                 SQLITE_STATIC));
}

void Statement::bind_integer(int index, std::int64_t number) {
  check_bind(sqlite3_bind_int64(statement_.get(), index, number));
}

}  // namespace sqlite
