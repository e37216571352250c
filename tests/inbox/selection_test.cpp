#include "inbox/selection.h"

#include "fixture.h"

#include <catch2/catch.hpp>
#include <utility>
#include <vector>

using namespace inbox_fixture;
using inbox::Filter;
using inbox::Selection;
using Ids = std::vector<std::int64_t>;

namespace {

// Sixty events of three types; of each ten the last one is a redelivery.
struct Selected : Fixture {
  sqlite::Database reader{path, sqlite::Database::Mode::read_only};

  void fill() {
    const char* types[] = {"ClipComplete", "ConcatComplete", "FileDeleted"};
    for (int i = 0; i < 60; ++i) {
      const bool again = i % 10 == 9;
      Arrival one = arrival("h" + std::to_string(i), std::to_string(again ? i - 1 : i));
      one.event_type = types[i % 3];
      one.task_id = "task-" + std::to_string(i % 7);
      if (i % 2 == 0) one.file_id = "file-" + std::to_string(i % 5);
      save(one);
    }
    REQUIRE(number("SELECT count(*) FROM events WHERE redelivery_certain = 1") == 6);
    inbox.database().run(
        "UPDATE events SET source = 'push' WHERE id % 4 = 0;"
        "UPDATE events SET received_at = '2020-03-01T00:00:00.000Z' WHERE id IN (7, 41)");
  }

  // By steps of so many rows.
  Ids ids(const Filter& filter, std::size_t step = 1000) {
    Selection selection(reader, filter);
    Ids found;
    for (bool more = true; more;) {
      std::size_t left = step;
      more = selection.next([&](const sqlite::Rows& row) {
        found.push_back(row.integer(0));
        return --left > 0;
      });
    }
    return found;
  }

  Ids where(const std::string& condition) {
    Ids found;
    sqlite::Statement all(reader, "SELECT id FROM events WHERE " + condition + " ORDER BY id");
    for (sqlite::Rows rows = all.query(); rows.next();) found.push_back(rows.integer(0));
    return found;
  }

  // The next row gets this id.
  void skip_to(std::int64_t id) {
    inbox.database().run(
        "INSERT OR REPLACE INTO sqlite_sequence (rowid, name, seq) SELECT rowid, name, " +
        std::to_string(id - 1) + " FROM sqlite_sequence WHERE name = 'events'");
  }

  bool log_can_be_taken_in() {
    return number("PRAGMA wal_checkpoint(TRUNCATE)") == 0;  // its first column: busy
  }
};

}  // namespace

TEST_CASE_METHOD(Selected, "what is selected has every column of events, and the JSON") {
  std::vector<std::string> selected, columns;
  for (const inbox::Column& column : inbox::selected_columns()) selected.emplace_back(column.name);
  CHECK(selected.back() == "event");
  selected.pop_back();
  sqlite::Statement all(reader, "SELECT name FROM pragma_table_info('events')");
  for (sqlite::Rows rows = all.query(); rows.next();) columns.emplace_back(rows.text(0));
  std::ranges::sort(selected);
  std::ranges::sort(columns);
  CHECK(selected == columns);
}

TEST_CASE_METHOD(Selected, "each filter selects what holds of its rows, in the order of ids") {
  fill();
  const std::string once = "redelivery_certain IS NOT 1";
  const base::Utc march{std::chrono::sys_days(std::chrono::year(2020) / 3 / 1)};
  const std::string time = "'2020-03-01T00:00:00.000Z'";
  const std::pair<Filter, std::string> table[] = {
      {{}, once},
      {{.redeliveries = true}, "1"},
      {{.types = {"ClipComplete"}}, once + " AND event_type = 'ClipComplete'"},
      {{.types = {"FileDeleted", "ClipComplete", "FileDeleted"}},
       once + " AND event_type <> 'ConcatComplete'"},
      {{.task_id = "task-3"}, once + " AND task_id = 'task-3'"},
      {{.file_id = "file-2"}, once + " AND file_id = 'file-2'"},
      {{.types = {"ClipComplete"}, .task_id = "task-3", .file_id = "file-4", .redeliveries = true},
       "event_type = 'ClipComplete' AND task_id = 'task-3' AND file_id = 'file-4'"},
      {{.source = "push"}, once + " AND source = 'push'"},
      {{.since = march}, once + " AND received_at >= " + time},
      {{.since = march + std::chrono::milliseconds(1)}, once + " AND received_at > " + time},
      {{.until = march}, once + " AND received_at < " + time},
      {{.until = march + std::chrono::milliseconds(1)}, "id IN (7, 41)"},
      {{.since = march, .until = march}, "0"},
      {{.after = 17}, once + " AND id > 17"},
      {{.after = 60}, "0"},
      {{.after = 1'000'000}, "0"},
  };
  for (const auto& [filter, condition] : table) {
    CAPTURE(condition);
    const Ids expected = where(condition);
    CHECK(ids(filter) == expected);
    CHECK(ids(filter, 1) == expected);
    Filter some = filter;
    some.limit = 3;
    CHECK(ids(some, 2) == Ids(expected.begin(), expected.begin() + std::min<std::ptrdiff_t>(
                                                                       3, std::ssize(expected))));
  }
}

TEST_CASE_METHOD(Selected, "an empty database has nothing to select") {
  CHECK(ids({}).empty());
  CHECK(ids({.types = {"ClipComplete"}}).empty());
  CHECK(inbox::event_types(reader).empty());
}

TEST_CASE_METHOD(Selected, "rows are found in whichever part of the ids they are") {
  const Ids all = {1, 16'383, 16'384, 16'385, 100'000, 10'000'000, 9'000'000'000};
  for (const std::int64_t id : all) {
    skip_to(id);
    Arrival one = arrival("h" + std::to_string(id), std::to_string(id));
    one.task_id = one.file_id = "mine";
    save(one);
  }
  CHECK(ids({}) == all);
  CHECK(ids({.types = {"ConcatComplete"}}) == all);
  CHECK(ids({.task_id = "mine"}) == all);
  CHECK(ids({.file_id = "mine"}) == all);
  CHECK(ids({.file_id = "mine", .after = 16'384}, 1) == Ids(all.begin() + 3, all.end()));
  CHECK(ids({.limit = 4}) == Ids(all.begin(), all.begin() + 4));
}

TEST_CASE_METHOD(Selected,
                 "what is stored while rows are taken is not selected, what is deleted"
                 " is passed over") {
  fill();
  Selection selection(reader, {.limit = 20});
  Ids found;
  const auto take_five = [&] {
    int left = 5;
    return selection.next([&](const sqlite::Rows& row) {
      found.push_back(row.integer(0));
      return --left > 0;
    });
  };
  CHECK(take_five());
  inbox.database().run("DELETE FROM events WHERE id BETWEEN 6 AND 50");
  skip_to(20'000);
  save(arrival("later", "later"));
  while (take_five()) {
  }
  Ids expected = {1, 2, 3, 4, 5};
  const Ids rest = where("id BETWEEN 51 AND 60 AND redelivery_certain IS NOT 1");
  expected.insert(expected.end(), rest.begin(), rest.end());
  CHECK(found == expected);
}

TEST_CASE_METHOD(Selected, "between two steps the log can be taken in") {
  fill();
  Selection selection(reader, {});
  bool during = true;
  CHECK(selection.next([&](const sqlite::Rows&) {
    save(arrival("during", "during"));
    during = log_can_be_taken_in();
    return false;
  }));
  CHECK_FALSE(during);
  CHECK(log_can_be_taken_in());
}

TEST_CASE_METHOD(Selected, "an event whose JSON was deleted is selected without it") {
  save(arrival("h1"));
  inbox.database().run("DELETE FROM payloads");
  Selection selection(reader, {});
  const int json = static_cast<int>(inbox::selected_columns().size()) - 1;
  int rows = 0;
  selection.next([&](const sqlite::Rows& row) {
    ++rows;
    CHECK(row.text(1) == "h1");
    CHECK(row.is_null(json));
    return true;
  });
  CHECK(rows == 1);
}

TEST_CASE_METHOD(Selected, "the types that are there are told in the order of their names") {
  fill();
  CHECK(inbox::event_types(reader) ==
        std::vector<std::string>{"ClipComplete", "ConcatComplete", "FileDeleted"});
}
