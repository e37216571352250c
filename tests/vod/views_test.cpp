// The views over stored events, all of them, by what schema_doc says of their columns.
#include "inbox/schema.h"
#include "json/canonical.h"
#include "json/slice.h"
#include "json/write.h"
#include "sqlite/statement.h"
#include "support/element.h"
#include "support/sample.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace {

using sqlite::Database;
using sqlite::Rows;
using sqlite::Statement;

const std::string samples = FIXTURES "/samples/";

struct Views {
  Views() {
    for (std::size_t i = 0; i < inbox::migration_count; ++i) database.run(inbox::migrations[i]);
    database.run(inbox::views);
  }

  std::int64_t insert(const std::string& handle, const std::string& type, const std::string& json,
                      const std::string& format = "v3.0") {
    Statement event(database,
                    "INSERT INTO events (event_handle, event_type, type_known, received_at, "
                    "stored_at, pull_request_id, last_received_at, last_pull_request_id, "
                    "fingerprint, format) VALUES (?1, ?2, 1, 'r', 's', 'p', 'l', 'q', x'00', ?3)");
    event.run(handle, type, format);
    const std::int64_t id = database.last_insert_id();
    Statement payload(database, "INSERT INTO payloads VALUES (?1, ?2)");
    payload.run(id, json);
    return id;
  }

  Database database{":memory:", Database::Mode::create};
};

struct Column {
  std::string view, name, member;
};

std::vector<Column> columns(Database& database) {
  Statement select(
      database, "SELECT view_name, column_name, member FROM schema_doc WHERE member IS NOT NULL");
  std::vector<Column> all;
  for (Rows rows = select.query(); rows.next();) {
    all.push_back(
        {std::string(rows.text(0)), std::string(rows.text(1)), std::string(rows.text(2))});
  }
  return all;
}

// The member of an object, empty when it is absent or null.
std::string_view member(std::string_view object, std::string_view wanted) {
  json::Cursor cursor(object);
  cursor.enter_object();
  for (std::string_view name; cursor.member(name);) {
    const std::string_view value = cursor.value();
    if (name == wanted && value != "null") return value;
  }
  return {};
}

// Is the value of a column the value of a member?
bool equal(const Rows& rows, std::string_view value) {
  if (value.empty()) return rows.is_null(0);
  const std::string column(rows.text(0));
  if (value.front() == '{' || value.front() == '[') {
    return json::canonical(column) == json::canonical(value);
  }
  if (value.front() == '"') return json::quote(column) == value;
  if (value == "true" || value == "false") return column == (value == "true" ? "1" : "0");
  return std::strtod(column.c_str(), nullptr) == std::strtod(std::string(value).c_str(), nullptr);
}

// The values that a column has to show for one event, from first to last.  `view`: of the event
// itself; the column's may be that of a list in it.
std::vector<std::string_view> expected(const Column& column, const std::string& view,
                                       std::string_view event) {
  if (column.view == view) return {member(event, column.member)};
  const std::string_view list = member(event, column.view.substr(view.size() + 1));
  std::vector<std::string_view> values;
  json::Cursor cursor(list);
  if (!list.empty()) cursor.enter_array();
  while (!list.empty() && cursor.element()) {
    const std::string_view element = cursor.value();
    values.push_back(column.name == "value" ? element : member(element, column.member));
  }
  return values;
}

void check(Views& views, const Column& column, const std::string& view, std::string_view event) {
  Statement select(views.database, "SELECT \"" + column.name + "\" FROM \"" + column.view + '"');
  Rows rows = select.query();
  for (const std::string_view value : expected(column, view, event)) {
    REQUIRE(rows.next());
    if (!equal(rows, value)) FAIL(column.view << '.' << column.name << " is not " << value);
  }
  CHECK_FALSE(rows.next());
}

// Checks the columns of an event's view and of those of its lists; gives how many there are.
std::size_t check_all(const std::vector<Column>& all, const std::string& view,
                      const std::string& type, const std::string& format, const std::string& json,
                      std::string_view holder) {
  Views views;
  views.insert("h", type, json, format);
  std::size_t checked = 0;
  for (const Column& column : all) {
    if (column.view != view && !column.view.starts_with(view + '_')) continue;
    CAPTURE(column.view, column.name);
    check(views, column, view, member(json, holder));
    ++checked;
  }
  return checked;
}

}  // namespace

TEST_CASE("every column of every view shows its member of the sample") {
  Views empty;
  const std::vector<Column> all = columns(empty.database);
  std::size_t checked = 0;
  for (const vod::EventType& type : vod::event_types()) {
    const std::string path = samples + std::string(type.name) + ".json";
    if (!std::filesystem::exists(path)) continue;
    const std::string name(type.name);
    checked += check_all(all, name, name, "v3.0", support::events_in(path).at(0), type.member);
  }
  for (const vod::OldEventType& type : vod::old_event_types()) {
    const std::string name(type.name);
    const std::string event = support::text_of(samples + "legacy/v2-" + name + ".json");
    checked += check_all(all, "v2_" + name, name, "v2.0", event, "data");
  }
  CHECK(checked == all.size());
}

TEST_CASE("a view shows the events of its own format") {
  Views views;
  views.insert("new", "ConcatComplete",
               R"({"ConcatCompleteEvent":{"TaskId":"n","FileInfoSet":[{}]}})");
  views.insert("old", "ConcatComplete", R"({"data":{"vodTaskId":"o","fileInfo":[{}]}})", "v2.0");
  CHECK(views.database.text("SELECT group_concat(TaskId) FROM ConcatComplete") == "n");
  CHECK(views.database.text("SELECT group_concat(vodTaskId) FROM v2_ConcatComplete") == "o");
  for (const char* list : {"ConcatComplete_FileInfoSet", "v2_ConcatComplete_fileInfo"})
    CHECK(views.database.number("SELECT count(*) FROM " + std::string(list)) == 1);
}

TEST_CASE("what may be anything is shown as its JSON") {
  Views views;
  views.insert("h", "ProcedureStateChanged",
               R"({"data":{"drm":{"a":[1]},"contentReviewList":[{"b":2},"x",null]}})", "v2.0");
  CHECK(views.database.text("SELECT drm FROM v2_ProcedureStateChanged") == R"({"a":[1]})");
  CHECK(views.database.text("SELECT group_concat(coalesce(value, '-')) FROM"
                            " v2_ProcedureStateChanged_contentReviewList") == R"({"b":2},x,-)");
}

TEST_CASE("each view begins with the event it is about") {
  Views views;
  const auto id = views.insert("the handle", "ConcatComplete",
                               support::events_in(samples + "ConcatComplete.json").at(0));
  CHECK(views.database.number("SELECT id FROM ConcatComplete") == id);
  CHECK(views.database.text("SELECT event_handle FROM ConcatComplete") == "the handle");
  CHECK(views.database.text("SELECT received_at FROM ConcatComplete_FileInfoSet") == "r");
  CHECK(views.database.text("SELECT group_concat(item) FROM ConcatComplete_FileInfoSet") == "0,1");
}

TEST_CASE("older spellings of a type and older names of a member are shown as well") {
  Views views;
  for (const std::string& event : support::events_in(samples + "edge/old-member-names.json")) {
    const auto decoded = support::decode(event, 0);
    views.insert(decoded.handle, decoded.event_type, event);
    const std::string query = "SELECT TaskId FROM " + decoded.event_type;
    CHECK(views.database.text(query) == decoded.identity.task_id);
  }
  views.insert("h", "AigcImageComplete", R"({"AigcImageCompleteEvent":{"TaskId":"old"}})");
  CHECK(views.database.text("SELECT TaskId FROM AigcImageTaskComplete") == "old");
}

TEST_CASE("what is certainly a redelivery is not shown") {
  Views views;
  const auto first = views.insert("1", "ClipComplete", "{}");
  const auto again = views.insert("2", "ClipComplete", "{}");
  Statement mark(views.database,
                 "UPDATE events SET redelivery_of = ?1, redelivery_certain = 1 WHERE id = ?2");
  mark.run(first, again);
  CHECK(views.database.number("SELECT count(*) FROM ClipComplete") == 1);
}

TEST_CASE("an event of another shape spoils no query") {
  Views views;
  for (const char* list :
       {"null", "5", "\"x\"", "{\"a\":{}}", "[1,null,\"x\",[2],{\"FileId\":\"f\"}]", "[]"}) {
    views.insert(list, "ConcatComplete",
                 R"({"ConcatCompleteEvent":{"FileInfoSet":)" + std::string(list) + "}}");
  }
  views.insert("a", "ConcatComplete", R"({"ConcatCompleteEvent":"x"})");
  views.insert("b", "ConcatComplete", "{}");
  CHECK(views.database.number("SELECT count(*) FROM ConcatComplete") == 8);
  CHECK(views.database.text(
            "SELECT group_concat(item || FileId) FROM ConcatComplete_FileInfoSet") == "4f");
}

TEST_CASE("each view starts at the index over the types") {
  Views views;
  std::size_t plans = 0;
  Statement names(views.database, "SELECT DISTINCT view_name FROM schema_doc");
  for (Rows name = names.query(); name.next();) {
    Statement plan(views.database, "EXPLAIN QUERY PLAN SELECT * FROM " + std::string(name.text(0)));
    Rows rows = plan.query();
    REQUIRE(rows.next());
    CHECK(rows.text(3).starts_with("SEARCH e USING INDEX events_by_type"));
    ++plans;
  }
  CHECK(plans > 36);
}
