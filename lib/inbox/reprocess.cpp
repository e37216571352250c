#include "inbox/reprocess.h"

#include "inbox/surroundings.h"
#include "sqlite/transaction.h"

#include <sys/stat.h>

#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

namespace inbox {
namespace {

constexpr int first_column = 2;  // of read_: behind id and JSON

std::string read_query() {
  std::string names;
  for (const std::string_view column : Reprocess::columns) names.append(", ").append(column);
  return "SELECT id, json" + names +
         " FROM events JOIN payloads ON event_id = id WHERE id > ?1 ORDER BY id LIMIT ?2";
}

// In the order of Reprocess::columns, as SQLite gives them as texts.
using Values = std::array<std::optional<std::string>, Reprocess::columns.size()>;

Values values_of(const Arrival& arrival) {
  Values values = {arrival.event_type, arrival.type_known ? "1" : "0",
                   arrival.task_id,    arrival.file_id,
                   arrival.status,     std::nullopt,
                   std::nullopt,       std::string(arrival.format)};
  if (arrival.err_code) values[5] = std::to_string(*arrival.err_code);
  if (!arrival.diagnostics.empty()) values[6] = arrival.diagnostics;
  return values;
}

bool same(const sqlite::Rows& row, int column, const std::optional<std::string>& value) {
  return value ? !row.is_null(column) && row.text(column) == *value : row.is_null(column);
}

std::size_t log_bytes(const sqlite::Database& database) {
  struct stat status {};
  if (stat((database.path() + "-wal").c_str(), &status) != 0) return 0;
  return static_cast<std::size_t>(status.st_size);
}

}  // namespace

Reprocess::Reprocess(sqlite::Database& database, Decode decode, std::int64_t from, bool write,
                     std::size_t wal_bytes_max)
    : database_(database),
      decode_(std::move(decode)),
      write_(write),
      wal_bytes_max_(wal_bytes_max),
      read_(database, read_query()),
      at_(from - 1),
      last_(database.number("SELECT max(id) FROM events")) {}

bool Reprocess::next() {
  const std::vector<Fresh> fresh = read();
  if (write_ && !fresh.empty()) write(fresh);
  return at_ < last_;
}

std::vector<Reprocess::Fresh> Reprocess::read() {
  std::vector<Fresh> fresh;
  sqlite::Rows rows = read_.query(at_, rows_max);
  std::int64_t count = 0;
  for (std::size_t bytes = 0; bytes < bytes_max && count < rows_max; ++count) {
    if (!rows.next()) {
      at_ = std::max(at_, last_);
      break;
    }
    at_ = rows.integer(0);
    bytes += rows.text(1).size();
    look(rows, fresh);
  }
  return fresh;
}

void Reprocess::look(const sqlite::Rows& row, std::vector<Fresh>& fresh) {
  ++result_.events;
  Arrival arrival = decode_({.json = row.text(1),
                             .format = row.text(first_column + 7),
                             .diagnostics = row.text(first_column + 6)});
  if (!arrival.unreadable.empty()) {
    ++result_.unreadable;
    return;
  }
  const Values values = values_of(arrival);
  Changes* changes = nullptr;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (same(row, first_column + static_cast<int>(i), values[i])) continue;
    if (!changes) changes = &changes_of(arrival.event_type);
    ++changes->of_column[i];
  }
  if (!changes) return;
  ++changes->rows;
  ++result_.changed;
  arrival.json = {};  // stays as it is
  if (write_) fresh.push_back({row.integer(0), std::move(arrival)});
}

Reprocess::Changes& Reprocess::changes_of(const std::string& type) {
  const auto found = result_.types.find(type);
  if (found != result_.types.end()) return found->second;
  return result_.types.size() < types_max ? result_.types[type] : result_.others;
}

void Reprocess::write(const std::vector<Fresh>& fresh) {
  require_short_log();
  sqlite::Statement update(database_,
                           "UPDATE events SET event_type = ?2, type_known = ?3, task_id = ?4,"
                           " file_id = ?5, status = ?6, err_code = ?7, diagnostics = ?8,"
                           " format = ?9 WHERE id = ?1");
  sqlite::Transaction transaction(database_);
  for (const auto& [id, arrival] : fresh) {
    std::optional<std::string_view> diagnostics;
    if (!arrival.diagnostics.empty()) diagnostics = arrival.diagnostics;
    update.run(id, arrival.event_type, arrival.type_known, arrival.task_id, arrival.file_id,
               arrival.status, arrival.err_code, diagnostics, arrival.format);
  }
  transaction.commit();
}

// A reader that stays keeps the log from being taken in.
void Reprocess::require_short_log() {
  if (log_bytes(database_) <= wal_bytes_max_) return;
  database_.run("PRAGMA wal_checkpoint(TRUNCATE)");
  if (log_bytes(database_) <= wal_bytes_max_) return;
  const std::string readers = readers_of(database_.path());
  throw std::system_error(
      EFBIG, std::generic_category(),
      "the write-ahead log has grown to " + std::to_string(log_bytes(database_) >> 20) +
          " MiB: end the long read of " + (readers.empty() ? "another process" : readers));
}

Readable readable_in_quarantine(sqlite::Database& database,
                                const std::function<bool(std::string_view raw)>& readable) {
  Readable found;
  sqlite::Statement rest(database,
                         "SELECT id, raw FROM quarantine WHERE event_handle IS NULL OR NOT EXISTS"
                         " (SELECT 1 FROM events WHERE event_handle = quarantine.event_handle)"
                         " ORDER BY id");
  for (sqlite::Rows rows = rest.query(); rows.next();) {
    if (!readable(rows.blob(1))) continue;
    ++found.rows;
    if (found.ids.size() < Readable::ids_max) found.ids.push_back(rows.integer(0));
  }
  return found;
}

}  // namespace inbox
