// export, as people and programs use it.
#include "e2e/csv.h"
#include "e2e/setup.h"
#include "inbox/inbox.h"
#include "inbox/selection.h"
#include "support/fake_clock.h"

#include <signal.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <utility>

namespace {

using namespace std::chrono_literals;
using Catch::Contains;
using Texts = std::vector<std::string>;
using e2e::CsvReader;
using e2e::Field;
using e2e::Record;

Texts lines_of(const std::string& text) {
  Texts lines;
  std::size_t begin = 0;
  for (std::size_t end; (end = text.find('\n', begin)) != text.npos; begin = end + 1)
    lines.push_back(text.substr(begin, end - begin));
  CHECK(begin == text.size());
  return lines;
}

// A database without a daemon.
struct Exported : e2e::Setup {
  support::FakeClock clock;

  Exported() {
    url = "http://127.0.0.1:1";
    configure();
  }

  static inbox::Arrival arrival(const std::string& handle) {
    inbox::Arrival one;
    one.handle = handle;
    one.event_type = "ConcatComplete";
    one.type_known = true;
    one.json = R"({"EventHandle":")" + handle + R"(","EventType":"ConcatComplete"})";
    one.fingerprint = (handle + std::string(32, '\xff')).substr(0, 32);
    one.received_at = base::Utc(1'700'000'000s);
    one.request_id = "request";
    return one;
  }

  void save(const std::vector<inbox::Arrival>& arrivals) {
    inbox::Inbox(database, 1500000001, clock, 0).save(arrivals);
  }

  void run(const std::string& script) const {
    sqlite::Database(database, sqlite::Database::Mode::read_write).run(script);
  }

  // So many events with JSON of so many bytes.
  void fill(int events, int bytes) {
    save({});
    run("BEGIN; WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
        std::to_string(events) +
        ") INSERT INTO events (event_handle, event_type, type_known, received_at, stored_at,"
        " pull_request_id, last_received_at, last_pull_request_id, fingerprint)"
        " SELECT 'h' || i, 'ConcatComplete', 1, t, t, 'r', t, 'r', randomblob(32)"
        " FROM n, (SELECT '2026-01-01T00:00:00.000Z' AS t);"
        "INSERT INTO payloads SELECT id, '{\"x\":\"' || hex(zeroblob(" +
        std::to_string(bytes / 2) + ")) || '\"}' FROM events; COMMIT");
  }

  Texts exported(e2e::Arguments options = {}) {
    const auto printed = print("export", std::move(options));
    CHECK(printed.status == 0);
    CHECK(log().empty());
    return lines_of(printed.text);
  }

  // The ids of what is exported.
  std::string ids(e2e::Arguments options = {}) {
    sqlite::Database memory(":memory:", sqlite::Database::Mode::create);
    sqlite::Statement id(memory, "SELECT ?1 ->> '$.id'");
    std::string all;
    for (const std::string& line : exported(std::move(options))) {
      sqlite::Rows rows = id.query(line);
      REQUIRE(rows.next());
      all.append(all.empty() ? "" : ",").append(rows.text(0));
    }
    return all;
  }

  // The same of what a query selects.
  std::string where(const std::string& condition) const {
    sqlite::Database reader(database, sqlite::Database::Mode::read_only);
    return reader.text("SELECT group_concat(id) FROM (SELECT id FROM events WHERE " + condition +
                       " ORDER BY id)");
  }
};

}  // namespace

TEST_CASE_METHOD(Exported, "a line is an object with each column and the JSON as it came") {
  inbox::Arrival odd = arrival("h1");
  odd.event_type = "Ünknown \"type\"\n\x1b";
  odd.task_id = "";
  odd.file_id = "14508071098244931831";
  odd.status = "FINISH";
  odd.err_code = -7;
  odd.diagnostics = R"(["EventSet[0].EventType: unknown type"])";
  odd.json = R"({"EventHandle" : "h1", "n":1.50e+3, "u":"\u4e2d\n"})";
  inbox::Arrival plain = arrival("h2");
  save({odd, plain});
  const Texts lines = exported();
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].ends_with(",\"event\":" + odd.json + '}'));
  CHECK(lines[1].ends_with(",\"event\":" + plain.json + '}'));
  CHECK_THAT(lines[0], Contains(R"("event_type":"Ünknown \"type\"\n\u001b")") &&
                           Contains(R"("task_id":"","file_id":"14508071098244931831")") &&
                           Contains(R"("diagnostics":["EventSet[0].EventType: unknown type"])"));
  CHECK_THAT(lines[1], Contains(R"("task_id":null,"file_id":null,"status":null,"err_code":null)") &&
                           Contains(R"("diagnostics":null)"));
  // Member by member what the table holds.
  sqlite::Database memory(":memory:", sqlite::Database::Mode::create);
  memory.run("ATTACH '" + database + "' AS inbox");
  for (const inbox::Column& column : inbox::selected_columns()) {
    if (column.kind == inbox::Column::Kind::json) continue;
    const std::string name(column.name);
    const std::string value =
        column.kind == inbox::Column::Kind::blob ? "lower(hex(" + name + "))" : name;
    CAPTURE(name);
    sqlite::Statement same(memory, "SELECT ?1 ->> '$." + name + "' IS " + value +
                                       ", json_type(?1, '$." + name +
                                       "') FROM inbox.events WHERE id = 1");
    sqlite::Rows rows = same.query(lines[0]);
    REQUIRE(rows.next());
    CHECK(rows.integer(0) == 1);
    CHECK_FALSE(rows.is_null(1));
  }
}

TEST_CASE_METHOD(Exported, "JSON that came in several lines is one, its values untouched") {
  inbox::Arrival one = arrival("h1");
  one.json =
      "{\r\n  \"EventHandle\": \"h1\",\n\t\"a\" :[ 1.0 ,\n 14508071098244931831],\r\"s\":\"\\n "
      "\\r\\n\"\n}\n";
  save({one});
  const Texts lines = exported();
  REQUIRE(lines.size() == 1);
  CHECK(
      lines[0].ends_with(",\"event\":{  \"EventHandle\": \"h1\",\t\"a\" :[ 1.0 , "
                         "14508071098244931831],\"s\":\"\\n \\r\\n\"}}"));
}

TEST_CASE_METHOD(Exported, "CSV is read by a strict reader as what the rows hold") {
  inbox::Arrival odd = arrival("=HYPERLINK(\"x\")");
  odd.event_type = "a,b\r\n\"c\"";
  odd.task_id = "";
  odd.file_id = "\"";
  odd.status = " +1 ";
  odd.err_code = -7;
  odd.json = "{\"EventHandle\": \"=HYPERLINK(\\\"x\\\")\",\n\"a\":[1,2]}";
  save({odd, arrival("h2")});
  const auto printed = print("export", {"--format", "csv"});
  REQUIRE(printed.status == 0);
  const std::vector<Record> records = CsvReader(printed.text).records();
  REQUIRE(records.size() == 3);
  const auto value = [&](std::size_t record, std::string_view name) {
    const auto found = std::ranges::find(records[0], Field{std::string(name)});
    REQUIRE(found != records[0].end());
    return records[record].at(static_cast<std::size_t>(found - records[0].begin()));
  };
  REQUIRE(records[0].size() == inbox::selected_columns().size());
  CHECK(records[0].back().text == "event");
  CHECK(value(1, "event_handle") == Field{odd.handle, true});
  CHECK(value(1, "event_type") == Field{odd.event_type, true});
  CHECK(value(1, "task_id") == Field{"", true});
  CHECK(value(2, "task_id") == Field{"", false});
  CHECK(value(1, "file_id") == Field{"\"", true});
  CHECK(value(1, "status") == Field{" +1 ", false});
  CHECK(value(1, "err_code") == Field{"-7", false});
  CHECK(value(1, "event") == Field{odd.json, true});
  CHECK(value(2, "event").text == arrival("h2").json);
  CHECK(value(2, "fingerprint").text == "6832" + std::string(60, 'f'));
}

TEST_CASE_METHOD(Exported, "the JSON can be left out, of both formats") {
  save({arrival("h1")});
  const Texts lines = exported({"--no-json"});
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].ends_with(",\"diagnostics\":null}"));
  CHECK_THAT(print("export", {"--no-json", "--format", "csv"}).text,
             Contains(",fingerprint,diagnostics\r\n") && !Contains("EventHandle"));
}

TEST_CASE_METHOD(Exported, "options choose the events, alone and together") {
  std::vector<inbox::Arrival> all;
  const char* types[] = {"ClipComplete", "ConcatComplete", "OfTomorrow"};
  for (int i = 1; i <= 30; ++i) {
    all.push_back(arrival("h" + std::to_string(i)));
    all.back().event_type = types[i % 3];
    all.back().task_id = "task-" + std::to_string(i % 4);
    all.back().file_id = "file-" + std::to_string(i % 5);
    all.back().received_at += i * 1min;
  }
  all.push_back(all.back());  // its redelivery under another handle, some time later
  all.back().handle = "again";
  all.back().received_at += 1min;
  save(all);
  run("UPDATE events SET source = 'import' WHERE id < 8");
  const std::string since = base::iso8601(all[10].received_at), until = "2023-11-15T06:38:20+08:00";
  const std::string once = "redelivery_certain IS NOT 1";
  REQUIRE(where("redelivery_certain = 1") == "31");
  const std::pair<e2e::Arguments, std::string> table[] = {
      {{}, once},
      {{"--all"}, "1"},
      {{"--type", "OfTomorrow"}, once + " AND event_type = 'OfTomorrow'"},
      {{"--type", "OfTomorrow", "--type", "ClipComplete"},
       once + " AND event_type <> 'ConcatComplete'"},
      {{"--type", "FileDeleted"}, "0"},
      {{"--task", "task-2"}, "task_id = 'task-2' AND " + once},
      {{"--file", "file-3"}, "file_id = 'file-3'"},
      {{"--source", "import"}, "id < 8"},
      {{"--source", "push"}, "0"},
      {{"--since", since}, "id >= 11 AND " + once},
      {{"--since", "1h"}, "0"},
      {{"--until", "2023-11-14T22:38:20.001"}, "id <= 25"},
      {{"--since", since, "--until", until}, "id BETWEEN 11 AND 24"},
      {{"--since", "2023-11-14", "--until", "2023-11-15"}, once},
      {{"--after", "28"}, "id IN (29, 30)"},
      {{"--after", "3", "--limit", "4"}, "id BETWEEN 4 AND 7"},
      {{"--type", "ClipComplete", "--since", since, "--file", "file-3", "--all"},
       "event_type = 'ClipComplete' AND id >= 11 AND file_id = 'file-3'"},
  };
  for (const auto& [options, condition] : table) {
    CAPTURE(options);
    CHECK(ids(options) == where(condition));
  }
}

TEST_CASE_METHOD(Exported, "a type that nobody knows is told with what may have been meant") {
  save({arrival("h1")});
  const std::pair<std::string, std::string> table[] = {
      {"ConcatComplet", "there is no event type ConcatComplet; is it ConcatComplete?\n"},
      {"transcode", "is it TranscodeComplete?\n"},
      {"\x1b[1mOther", "there is no event type \\x1b[1mOther; the database has ConcatComplete\n"},
  };
  for (const auto& [type, told] : table) {
    const auto printed = print("export", {"--type", "ConcatComplete", "--type", type});
    CHECK(printed.status == 64);
    CHECK(printed.text.empty());
    CHECK_THAT(log(), Contains(told));
  }
}

TEST_CASE_METHOD(Exported, "what can't be asked for is a wrong usage") {
  save({});
  for (const e2e::Arguments& options :
       std::initializer_list<e2e::Arguments>{{"--since", "yesterday"},
                                             {"--until", ""},
                                             {"--type", ""},
                                             {"--task", ""},
                                             {"--file", ""},
                                             {"--source", "post"},
                                             {"--format", "xml"},
                                             {"--limit", "0"},
                                             {"--after", "-1"},
                                             {"FILE"}}) {
    CAPTURE(options);
    const auto printed = print("export", options);
    CHECK(printed.status == 64);
    CHECK(printed.text.empty());
  }
}

TEST_CASE_METHOD(Exported, "a reader that has enough ends it quietly, a full disk with 74") {
  fill(3'000, 1'000);
  const auto shell = [&](const std::string& rest) {
    support::Process bash({"bash", "-c",
                           "\"$0\" --config \"$1\" export " + rest + "; echo ${PIPESTATUS[0]}",
                           BINARIES "/vodeventd", folder / "vodeventd.toml"});
    CHECK(bash.wait(30s) == 0);
    return std::pair(bash.out(), bash.err());
  };
  CHECK(shell("| head -c 5") == std::pair<std::string, std::string>("{\"id\"0\n", ""));
  CHECK(shell("| true") == std::pair<std::string, std::string>("0\n", ""));
  const auto [status, told] = shell("> /dev/full");
  CHECK(status == "74\n");
  CHECK_THAT(told, Contains("write to standard output: No space left on device"));
}

TEST_CASE_METHOD(Exported, "a large export takes no memory") {
  fill(20'000, 4'000);
  const support::Process::Command command{
      .arguments = {BINARIES "/vodeventd", "--config", (folder / "vodeventd.toml"), "export"},
      .environment = {},
      .out_file = folder / "all.jsonl",
      .err_file = {},
      .folder = {}};
  support::Process whole(command);
  REQUIRE(whole.wait(60s) == 0);
  CHECK(std::filesystem::file_size(folder / "all.jsonl") > 80'000'000);
  CHECK(whole.usage().ru_maxrss < 40'000);  // KiB; what a test has before it starts counts, too
  CHECK(whole.err().empty());
}

TEST_CASE_METHOD(Exported, "a pipe that nobody reads does not keep the log from being taken in") {
  fill(3'000, 4'000);
  auto process = daemon("export");
  REQUIRE(process.read_line(20s));
  sqlite::Database writer(database, sqlite::Database::Mode::read_write);
  writer.run("UPDATE events SET confirm_unknown = 1");
  // Until the pipe is full it may read now and then.
  bool busy = true;
  for (int i = 0; i < 100 && busy; ++i) {
    busy = writer.number("PRAGMA wal_checkpoint(TRUNCATE)") != 0;
    if (busy) std::this_thread::sleep_for(50ms);
  }
  CHECK_FALSE(busy);
  CHECK(process.running());
  CHECK(process.wait(30s) == 0);
  CHECK(lines_of(process.out()).size() == 3'000);
}

TEST_CASE_METHOD(e2e::Setup, "events are exported beside the daemon that stores more of them") {
  simulate(
      {"--events", FIXTURES "/samples", "--generate", "4000", "--hold-s", "0.5", "--rate", "40"});
  configure();
  auto process = daemon("run");
  await_log("stored events=");
  sqlite::Database memory(":memory:", sqlite::Database::Mode::create);
  sqlite::Statement look(memory,
                         "SELECT ?1 ->> '$.id', ?1 -> '$.event' ->> '$.EventHandle' ="
                         " ?1 ->> '$.event_handle'");
  std::int64_t last = 0;
  // Each goes on where the one before it has ended.
  for (int i = 0; i < 10; ++i) {
    const auto printed = print("export", {"--after", std::to_string(last), "--all"});
    REQUIRE(printed.status == 0);
    for (const std::string& line : lines_of(printed.text)) {
      sqlite::Rows rows = look.query(line);
      REQUIRE(rows.next());
      REQUIRE(rows.integer(0) > last);
      REQUIRE(rows.integer(1) == 1);
      last = rows.integer(0);
    }
  }
  process.signal(SIGTERM);
  CHECK(process.wait(15s) == 0);
  const auto rest = print("export", {"--after", std::to_string(last), "--all"});
  CHECK(std::ssize(lines_of(rest.text)) ==
        number("SELECT count(*) FROM events WHERE id > " + std::to_string(last)));
}
