// How SQLite looks for what is asked for.  The plans come from the statistics that the schema
// brings along, and are the same however many rows there are.
#include "fixture.h"
#include "inbox/audit.h"
#include "inbox/selection.h"
#include "support/readme.h"
#include "traced.h"

#include <catch2/catch.hpp>
#include <vector>

using namespace inbox_fixture;

namespace {

struct Planned : Fixture {
  // A reader of its own, as a person has it.
  sqlite::Database reader{path, sqlite::Database::Mode::read_only};

  template <class... Args>
  std::string plan(const std::string& query, const Args&... args) {
    std::string steps;
    sqlite::Statement statement(reader, "EXPLAIN QUERY PLAN " + query);
    for (sqlite::Rows rows = statement.query(args...); rows.next();)
      steps.append(steps.empty() ? "" : "; ").append(rows.text(3));
    return steps;
  }
};

const std::string by_file = "events_by_file (ANY(<expr>) AND file_id=?)";
const std::string by_task = "events_by_task (ANY(<expr>) AND task_id=?)";
const std::string by_id = "INTEGER PRIMARY KEY";

}  // namespace

TEST_CASE_METHOD(Planned, "the queries of README read no more than they have to") {
  const std::vector<std::string> queries = support::documented_queries(SOURCE "/README.md");
  REQUIRE(queries.size() == 5);
  // The newest rows, until there are enough of them.
  CHECK(plan(queries[0]) == "CO-ROUTINE recent; SCAN events; SCAN recent");
  CHECK(plan(queries[2]) == "SCAN events USING INDEX events_live");
  CHECK(plan(queries[3]) ==
        "SCAN events USING INDEX events_failed;"
        " SEARCH payloads USING " +
            by_id + " (rowid=?)");
  CHECK(plan(queries[4]) == "SEARCH events USING COVERING INDEX " + by_file + "; SEARCH e USING " +
                                by_id + " (rowid=?); SEARCH p USING " + by_id +
                                " (rowid=?); SCAN i VIRTUAL TABLE INDEX 3:");
  // Statistics read one narrow index as a whole, and of events only the few.
  const std::string stats = plan(queries[1]);
  INFO(stats);
  CHECK_THAT(stats, Catch::Contains("SCAN events USING COVERING INDEX events_by_type;") &&
                        Catch::Contains("SCAN events USING COVERING INDEX events_failed;") &&
                        Catch::Contains("SCAN events USING COVERING INDEX events_repeated;") &&
                        Catch::Contains("SCAN events USING INDEX events_remarked;") &&
                        Catch::Contains("SCAN events USING INDEX events_live;"));
  CHECK(stats.find("SCAN events;") == stats.npos);
}

TEST_CASE_METHOD(Planned, "an id finds its events whatever else is asked") {
  const std::string file = "SEARCH events USING INDEX " + by_file;
  for (const char* rest : {"", " AND event_type = 'x'", " AND err_code <> 0", " AND id > 7",
                           " AND confirmed_at IS NULL", " ORDER BY id DESC LIMIT 1"})
    CHECK_THAT(plan(std::string("SELECT * FROM events WHERE file_id = 'f'") + rest),
               Catch::StartsWith(rest == std::string(" AND id > 7")
                                     ? file.substr(0, file.size() - 1) + " AND rowid>?)"
                                     : file));
  CHECK(plan("SELECT * FROM events WHERE task_id = 't'") == "SEARCH events USING INDEX " + by_task);
  CHECK(plan("SELECT * FROM events WHERE task_id = 't' AND file_id = 'f'") ==
        "SEARCH events USING INDEX " + by_task);
  CHECK(plan("SELECT * FROM events WHERE file_id IN ('f', 'g')") == file);
  CHECK_THAT(plan("SELECT json FROM distinct_events WHERE file_id = 'f' ORDER BY id"),
             Catch::StartsWith(file + "; SEARCH payloads USING " + by_id));
  CHECK_THAT(plan("SELECT * FROM TranscodeComplete JOIN events USING (id) WHERE file_id = 'f'"),
             Catch::StartsWith(file));
  CHECK(plan("SELECT * FROM events WHERE event_handle = 'h'") ==
        "SEARCH events USING INDEX sqlite_autoindex_events_1 (event_handle=?)");
  CHECK(plan("SELECT * FROM events WHERE event_type = 'x' ORDER BY id DESC LIMIT 1") ==
        "SEARCH events USING INDEX events_by_type (event_type=?)");
}

TEST_CASE_METHOD(Planned, "a cursor goes on where it was, without sorting") {
  for (const char* limit : {"", " LIMIT 100"})
    CHECK(plan(std::string("SELECT * FROM distinct_events WHERE id > 7 ORDER BY id") + limit) ==
          "SEARCH events USING " + by_id + " (rowid>?); SEARCH payloads USING " + by_id +
              " (rowid=?)");
}

TEST_CASE_METHOD(Planned, "a selection finds its rows by the best index there is") {
  const auto found = [&](const inbox::Filter& filter) {
    return plan(inbox::Selection::find_query(filter), 1, 2, 3, 4, 5, 6, 7, 8);
  };
  const std::string range = " AND rowid>? AND rowid<?)";
  const std::string in_part = "_id=?" + range;
  const base::Utc then{};
  CHECK(found({}) == "SEARCH events USING " + by_id + " (rowid>? AND rowid<?)");
  CHECK(found({.source = "push", .since = then, .until = then, .redeliveries = true}) ==
        "SEARCH events USING " + by_id + " (rowid>? AND rowid<?)");
  CHECK(found({.types = {"a", "b"}, .since = then}) ==
        "SEARCH events USING INDEX events_by_type (event_type=?" + range);
  CHECK(found({.types = {"a"}, .file_id = "f", .until = then}) ==
        "SEARCH events USING INDEX events_by_file (<expr>=? AND file" + in_part);
  CHECK(found({.types = {"a"}, .task_id = "t", .file_id = "f"}) ==
        "SEARCH events USING INDEX events_by_task (<expr>=? AND task" + in_part);
  CHECK(plan(inbox::Selection::row_query(), 1) == "SEARCH events USING " + by_id +
                                                      " (rowid=?); SEARCH payloads USING " + by_id +
                                                      " (rowid=?) LEFT-JOIN");
}

TEST_CASE_METHOD(Planned, "the cheap part of the audit reads the newest rows alone") {
  for (const inbox::Rule& rule : inbox::rules()) {
    std::string query(rule.query);
    const std::size_t at = query.find("?1");
    if (!rule.cheap || at == query.npos) continue;
    const std::string steps = plan(query.replace(at, 2, "7"));
    INFO(steps);
    CHECK_THAT(steps, Catch::StartsWith("SEARCH events USING " + by_id + " (rowid>?)"));
  }
}

TEST_CASE_METHOD(Planned, "whatever is saved, each row that is looked for is found by an index") {
  const Arrival all[] = {arrival("h1"),    arrival("h1"),       arrival("h1", "b"), pushed(now),
                         pushed(now, "b"), imported("h2", "b"), imported("", "c")};
  std::vector<std::string> statements;
  {
    Traced traced(inbox.database());
    inbox.save(all);
    statements = traced.statements;
  }
  int by_content = 0;
  for (const std::string& statement : statements) {
    if (!statement.starts_with("SELECT")) continue;
    const std::string steps = plan(statement);
    INFO(statement << '\n' << steps);
    CHECK(steps.find("SCAN") == steps.npos);
    CHECK(steps.find("TEMP") == steps.npos);
    by_content += steps.find("events_by_content (fingerprint=?)") != steps.npos;
  }
  CHECK(by_content == 4);
}

TEST_CASE_METHOD(Planned, "statistics of one's own change no plan for the worse") {
  for (int i = 0; i < 100; ++i) {
    Arrival one = arrival("h" + std::to_string(i), std::to_string(i));
    one.file_id = "f" + std::to_string(i);
    save(one);
  }
  inbox.database().run("ANALYZE");
  reader = sqlite::Database(path, sqlite::Database::Mode::read_only);
  CHECK(plan("SELECT * FROM events WHERE file_id = 'f'") == "SEARCH events USING INDEX " + by_file);
}

TEST_CASE_METHOD(Fixture, "an event is found by its ids in whichever part of their index it is") {
  for (const int id : {1, 16'383, 16'384, 100'000, 10'000'000}) {
    inbox.database().run(
        "INSERT OR REPLACE INTO sqlite_sequence (rowid, name, seq) SELECT rowid,"
        " name, " +
        std::to_string(id - 1) + " FROM sqlite_sequence WHERE name = 'events'");
    Arrival one = arrival("h" + std::to_string(id), std::to_string(id));
    one.file_id = id == 100'000 ? "another" : "file";
    one.task_id = one.file_id;
    save(one);
  }
  for (const char* column : {"file_id", "task_id"}) {
    CHECK(text(std::string("SELECT group_concat(id) FROM (SELECT id FROM events WHERE ") + column +
               " = 'file' ORDER BY id)") == "1,16383,16384,10000000");
    CHECK(number(std::string("SELECT id FROM events WHERE ") + column + " = 'another'") == 100'000);
  }
}

TEST_CASE_METHOD(Fixture, "statistics count what the rows say") {
  for (int i = 0; i < 60; ++i) {
    Arrival one = arrival("h" + std::to_string(i), std::to_string(i % 50));
    if (i % 3 == 0) one.event_type = "FileDeleted";
    if (i % 7 != 0) one.err_code = i % 5 - 1;
    if (i % 4 == 0) one.diagnostics = "[]";
    save(one);
    if (i % 6 == 0) save(one);
    if (i % 8 == 0) save(one);
    if (i % 2 == 0) confirm(one.handle);
  }
  const std::string shown =
      "SELECT group_concat(event_type || ' ' || events || ' ' || redeliveries || ' ' || failed ||"
      " ' ' || unconfirmed || ' ' || with_diagnostics || ' ' || first_received_at || ' ' ||"
      " last_received_at, x'0a') FROM ";
  const std::string counted =
      "(SELECT event_type, count(*) FILTER (WHERE redelivery_certain IS NOT 1) AS events,"
      " count(*) FILTER (WHERE redelivery_certain = 1) + sum(pull_count - 1) AS redeliveries,"
      " count(*) FILTER (WHERE err_code <> 0 AND redelivery_certain IS NOT 1) AS failed,"
      " count(*) FILTER (WHERE confirmed_at IS NULL AND superseded_by IS NULL) AS unconfirmed,"
      " count(diagnostics) FILTER (WHERE redelivery_certain IS NOT 1) AS with_diagnostics,"
      " min(received_at) AS first_received_at, max(received_at) AS last_received_at"
      " FROM events GROUP BY event_type)";
  CHECK(text(shown + "stats") == text(shown + counted));
  CHECK(number("SELECT min(min(events, redeliveries, failed, unconfirmed, with_diagnostics))"
               " FROM stats") > 0);
}
