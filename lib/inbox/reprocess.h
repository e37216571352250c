// Reprocess: brings the columns that were read from an event's JSON to what today's decoder reads
// in it, after an upgrade that knows more types.
//
//  1. Nothing else is touched: no handle, fingerprint, JSON, time, counter or link.
//  2. A row is written only when it differs, so a second run writes nothing.
//  3. Rows are read a few at a time, and what differs among them is one transaction: no reader and
//     no writer waits for long, and a kill at any moment leaves each row as it was or as it is to
//     be.
//  4. What the decoder can't read any more stays as it is, and is counted.
//
// The decoder is the caller's: this room does not know events.  Throws std::system_error when
// SQLite refuses, and EFBIG when a reader has let the write-ahead log grow beyond its bound; what
// is written by then stays.
#pragma once

#include "inbox/inbox.h"
#include "sqlite/database.h"
#include "sqlite/statement.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace inbox {

// An event as it stands in its row.
struct StoredEvent {
  std::string_view json;
  std::string_view format;
  std::string_view diagnostics;  // empty: none
};

// Reads it as if it came now; `unreadable` where that can't be done.
using Decode = std::function<Arrival(const StoredEvent&)>;

class Reprocess {
 public:
  static constexpr std::int64_t rows_max = 500;                   // in a step
  static constexpr std::size_t bytes_max = std::size_t{4} << 20;  // of JSON, but for the last row
  static constexpr std::size_t types_max = 100;                   // told by their names

  // What is read from the JSON.
  static constexpr std::array<std::string_view, 8> columns = {
      "event_type", "type_known", "task_id",     "file_id",
      "status",     "err_code",   "diagnostics", "format"};

  struct Changes {
    std::int64_t rows = 0;
    std::array<std::int64_t, columns.size()> of_column{};
  };

  struct Result {
    std::int64_t events = 0;               // that were read again
    std::int64_t changed = 0;              // rows that differed
    std::int64_t unreadable = 0;           // rows that were left alone
    std::map<std::string, Changes> types;  // as they are called now
    Changes others;                        // of all further types
  };

  // Looks at the events that are there now, from this id on.  Without `write` nothing is written,
  // and the database may be open for reading only.
  Reprocess(sqlite::Database& database, Decode decode, std::int64_t from, bool write,
            std::size_t wal_bytes_max = Inbox::wal_bytes_max);

  // The next few; gives whether there are more.
  bool next();

  [[nodiscard]] const Result& result() const { return result_; }

  // The id that it has come to, and the last one.
  [[nodiscard]] std::int64_t at() const { return at_; }
  [[nodiscard]] std::int64_t last() const { return last_; }

 private:
  struct Fresh {
    std::int64_t id;
    Arrival arrival;
  };

  std::vector<Fresh> read();
  void look(const sqlite::Rows& row, std::vector<Fresh>& fresh);
  Changes& changes_of(const std::string& type);
  void write(const std::vector<Fresh>& fresh);
  void require_short_log();

  sqlite::Database& database_;
  Decode decode_;
  bool write_;
  std::size_t wal_bytes_max_;
  sqlite::Statement read_;
  std::int64_t at_, last_;
  Result result_;
};

// Rows in quarantine that a decoder can read now.
struct Readable {
  static constexpr std::size_t ids_max = 20;
  std::int64_t rows = 0;
  std::vector<std::int64_t> ids;  // the first of them
};

// Only looks.  Left out is what contradicts a stored event: that could be read from the start.
Readable readable_in_quarantine(sqlite::Database& database,
                                const std::function<bool(std::string_view raw)>& readable);

}  // namespace inbox
