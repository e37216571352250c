// Selection: the events that somebody asks for, each with its JSON, in the order of their ids.
//
// Beside a running daemon: rows are looked for and read a little at a time, each time in a view of
// the database of its own, and whoever takes them does so between two of these.  So it may take for
// hours, through a pipe that is hardly read, and never keeps the write-ahead log from being taken
// in.  It ends with the event that was the newest when it began; rows that are deleted meanwhile
// are passed over.
//
// It goes through the ids in parts of 16,384, as the indexes over TaskId and FileId are divided
// (schema/inbox-4.sql): one of these, or the index over types, is asked in each part where the
// filter names such a thing.  By time alone every row is looked at: ids grow with time as long as
// nobody sets the clock back, and who asks for a time is to get all of it.
//
// Throws std::system_error when SQLite refuses.
#pragma once

#include "base/clock.h"
#include "sqlite/database.h"
#include "sqlite/statement.h"

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace inbox {

// What has to hold of an event; what is not set holds of all.
struct Filter {
  std::vector<std::string> types = {};  // one of these, as received; empty: any
  std::optional<std::string> task_id = {}, file_id = {}, source = {};
  std::optional<base::Utc> since = {}, until = {};  // received then or later; received before
  std::int64_t after = 0;                           // a greater id
  std::int64_t limit = std::numeric_limits<std::int64_t>::max();  // so many at most
  bool redeliveries = false;  // with those that are certain, which distinct_events leaves out
};

// A column of what is selected: those of events, and as the last one `event`, the JSON.
struct Column {
  enum class Kind { integer, text, blob, json } kind;
  std::string_view name;
};
std::span<const Column> selected_columns();

class Selection {
 public:
  static constexpr int part_bits = 14;

  Selection(sqlite::Database& database, Filter filter);

  // Takes a row, whose columns are selected_columns(); gives whether it takes another one at once.
  using Take = std::function<bool(const sqlite::Rows&)>;

  // Looks into the next part of the ids, or hands on what it found there, until `take` has enough;
  // gives whether there may be more.
  bool next(const Take& take);

  // The id that it has come to, and the last one that it will look at.
  [[nodiscard]] std::int64_t at() const { return at_; }
  [[nodiscard]] std::int64_t last() const { return last_; }

  // How rows are looked for, in ids ?1 to ?2, and how one is read.
  static std::string find_query(const Filter& filter);
  static std::string row_query();

 private:
  void find();
  void find(std::int64_t from, std::int64_t to, const std::optional<std::string>& type);
  void hand_on(const Take& take);

  sqlite::Database& database_;
  Filter filter_;
  sqlite::Statement first_, find_, row_;
  std::int64_t at_, last_;
  std::vector<std::int64_t> found_;  // not handed on yet, the next one at the end
};

// The types of the events that are there, in the order of their names.
std::vector<std::string> event_types(sqlite::Database& database);

}  // namespace inbox
