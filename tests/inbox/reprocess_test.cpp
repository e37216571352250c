#include "inbox/reprocess.h"

#include "fixture.h"
#include "inbox/open.h"

#include <catch2/catch.hpp>
#include <cerrno>
#include <utility>
#include <vector>

using namespace inbox_fixture;
using inbox::Reprocess;
using inbox::StoredEvent;

namespace {

// A decoder of tomorrow: it reads {"TaskId":"…"} of any type, and takes "NewType" for known.
Arrival tomorrow(const StoredEvent& event) {
  const auto member = [&](const std::string& name) -> std::optional<std::string> {
    const std::string begin = '"' + name + "\":\"";
    const std::size_t at = event.json.find(begin);
    if (at == event.json.npos) return std::nullopt;
    const std::size_t from = at + begin.size();
    return std::string(event.json.substr(from, event.json.find('"', from) - from));
  };
  Arrival arrival;
  if (event.json == "broken") arrival.unreadable = "broken";
  arrival.event_type = member("EventType").value_or("");
  arrival.type_known = arrival.event_type == "NewType";
  arrival.task_id = member("TaskId");
  if (member("ErrCode")) arrival.err_code = std::stoll(*member("ErrCode"));
  arrival.format = event.format == "v2.0" ? "v2.0" : "v3.0";
  arrival.diagnostics = event.diagnostics;
  return arrival;
}

constexpr const char* derived =
    "event_type, type_known, task_id, file_id, status, err_code, diagnostics, format";

struct Stored : Fixture {
  // As a decoder of yesterday has stored it.
  static Arrival old(const std::string& handle, const std::string& rest = {},
                     const std::string& type = "NewType") {
    Arrival one = arrival(handle, handle);
    one.json = R"({"EventHandle":")" + handle + R"(","EventType":")" + type + '"' + rest + '}';
    one.fingerprint = (handle + std::string(32, 'f')).substr(0, 32);
    one.event_type = type;
    one.type_known = false;
    one.task_id = std::nullopt;
    return one;
  }

  void save_old(const std::string& handle, const std::string& rest = {},
                const std::string& type = "NewType") {
    save(old(handle, rest, type));
  }

  void save_many(int count) {
    std::vector<Arrival> all;
    for (int i = 0; i < count; ++i) all.push_back(old("h" + std::to_string(i)));
    inbox.save(all);
  }

  Reprocess::Result reprocess(bool write = true) {
    Reprocess work(inbox.database(), tomorrow, 1, write);
    while (work.next()) CHECK_FALSE(inbox.database().in_transaction());
    return work.result();
  }

  // Everything but what is read from the JSON.
  std::string untouched() {
    sqlite::Statement names(inbox.database(),
                            std::string("SELECT name FROM pragma_table_info('events') WHERE"
                                        " instr(?1, name) = 0"));
    std::string columns;
    for (sqlite::Rows rows = names.query(derived); rows.next();)
      columns.append(columns.empty() ? "" : ",").append("quote(").append(rows.text(0)).append(")");
    return text("SELECT group_concat(concat) FROM (SELECT json_array(" + columns +
                ") AS concat FROM events ORDER BY id)") +
           text("SELECT group_concat(json) FROM payloads") +
           text(
               "SELECT json_group_array(pulled || ' ' || stored || ' ' || confirmed) FROM "
               "counters");
  }
};

}  // namespace

TEST_CASE_METHOD(Stored, "a newer decoder fills the columns, and touches nothing else") {
  save_old("h1", R"(,"TaskId":"t1","ErrCode":"-7")");
  save_old("h2");
  confirm("h1");
  const std::string before = untouched();
  const Reprocess::Result result = reprocess();
  CHECK(result.events == 2);
  CHECK(result.changed == 2);
  CHECK(text("SELECT group_concat(type_known || ' ' || coalesce(task_id, '-') || ' ' ||"
             " coalesce(err_code, '-'), ', ') FROM events ORDER BY id") == "1 t1 -7, 1 - -");
  CHECK(number("SELECT id FROM events WHERE task_id = 't1'") == 1);
  CHECK(number("SELECT id FROM events INDEXED BY events_failed WHERE err_code <> 0") == 1);
  CHECK(text("PRAGMA integrity_check") == "ok");
  CHECK(untouched() == before);
}

TEST_CASE_METHOD(Stored, "what does not differ is not written, and so nothing the second time") {
  save_old("h1");
  save_old("h2", "", "OldType");
  CHECK(reprocess().changed == 1);
  const std::int64_t written = number("SELECT total_changes()");
  const Reprocess::Result again = reprocess();
  CHECK(again.events == 2);
  CHECK(again.changed == 0);
  CHECK(again.types.empty());
  CHECK(number("SELECT total_changes()") == written);
}

TEST_CASE_METHOD(Stored, "a change of each column is seen, and told by its type") {
  save_old("h1", R"(,"TaskId":"t","ErrCode":"0")");
  reprocess();
  const std::string right = text(std::string("SELECT json_array(") + derived + ") FROM events");
  const std::pair<std::string, std::string> table[] = {
      {"event_type", "'Other'"}, {"type_known", "0"},  {"task_id", "NULL"}, {"file_id", "''"},
      {"status", "'x'"},         {"err_code", "NULL"}, {"format", "'v1.0'"}};
  for (const auto& [column, wrong] : table) {
    CAPTURE(column);
    inbox.database().run("UPDATE events SET " + column + " = " + wrong);
    const Reprocess::Result result = reprocess();
    REQUIRE(result.types.size() == 1);
    CHECK(result.types.begin()->first == "NewType");
    CHECK(result.types.begin()->second.rows == 1);
    for (std::size_t i = 0; i < Reprocess::columns.size(); ++i)
      CHECK(result.types.begin()->second.of_column[i] == (Reprocess::columns[i] == column));
    CHECK(text(std::string("SELECT json_array(") + derived + ") FROM events") == right);
  }
}

TEST_CASE_METHOD(Stored, "diagnostics come and go") {
  save_old("h1");
  const auto with = [&](const std::string& diagnostics) {
    Reprocess work(
        inbox.database(),
        [&](const StoredEvent& event) {
          Arrival arrival = tomorrow(event);
          arrival.diagnostics = diagnostics;
          return arrival;
        },
        1, true);
    while (work.next()) {
    }
    return work.result().changed;
  };
  CHECK(with(R"(["$: odd"])") == 1);
  CHECK(text("SELECT diagnostics FROM events") == R"(["$: odd"])");
  CHECK(with(R"(["$: odd"])") == 0);
  CHECK(with("") == 1);
  CHECK(number("SELECT count(*) FROM events WHERE diagnostics IS NULL") == 1);
}

TEST_CASE_METHOD(Stored, "without being told to it writes nothing") {
  save_old("h1");
  sqlite::Database reader = inbox::open_read_only(path);
  Reprocess work(reader, tomorrow, 1, false);
  CHECK_FALSE(work.next());
  CHECK(work.result().changed == 1);
  CHECK(number("SELECT type_known FROM events") == 0);
}

TEST_CASE_METHOD(Stored, "ended between two steps it has brought some up to date, the rest later") {
  save_many(1'200);
  {
    Reprocess work(inbox.database(), tomorrow, 1, true);
    CHECK(work.next());
    CHECK(work.at() == Reprocess::rows_max);
  }
  CHECK(number("SELECT sum(type_known) FROM events") == Reprocess::rows_max);
  CHECK(number("SELECT max(id) FROM events WHERE type_known = 1") == Reprocess::rows_max);
  const Reprocess::Result rest = reprocess();
  CHECK(rest.events == 1'200);
  CHECK(rest.changed == 700);
  Reprocess from(inbox.database(), tomorrow, 1'101, true);
  CHECK_FALSE(from.next());
  CHECK(from.result().events == 100);
}

TEST_CASE_METHOD(Stored, "large events make small steps") {
  for (int i = 0; i < 6; ++i) save_old("h" + std::to_string(i), std::string(3'000'000, ' '));
  Reprocess work(inbox.database(), tomorrow, 1, true);
  CHECK(work.next());
  CHECK(work.at() == 2);
  CHECK(work.next());
  CHECK_FALSE(work.next());
  CHECK(work.result().changed == 6);
}

TEST_CASE_METHOD(Stored, "what can't be read any more stays as it is") {
  save_old("h1");
  save_old("h2");
  inbox.database().run("UPDATE payloads SET json = 'broken' WHERE event_id = 1");
  const Reprocess::Result result = reprocess();
  CHECK(result.unreadable == 1);
  CHECK(result.changed == 1);
  CHECK(text("SELECT group_concat(type_known) FROM events") == "0,1");
}

TEST_CASE_METHOD(Stored, "more types than are told by name are told together") {
  for (int i = 0; i < 120; ++i)
    save_old("h" + std::to_string(i), R"(,"TaskId":"t")", "Type" + std::to_string(i));
  const Reprocess::Result result = reprocess();
  CHECK(result.types.size() == Reprocess::types_max);
  CHECK(result.others.rows == 20);
  CHECK(result.changed == 120);
}

TEST_CASE_METHOD(Stored, "an empty database has nothing to read") {
  CHECK(reprocess().events == 0);
  Reprocess beyond(inbox.database(), tomorrow, 1'000, true);
  CHECK_FALSE(beyond.next());
}

TEST_CASE_METHOD(Stored, "a reader that keeps the log from being taken in ends it") {
  save_many(1'200);
  inbox.database().run("PRAGMA wal_checkpoint(TRUNCATE)");
  sqlite::Database reader = inbox::open_read_only(path);
  {
    const sqlite::Reading reading(reader);
    inbox.database().busy_timeout_ms(0);
    Reprocess work(inbox.database(), tomorrow, 1, true, 10'000);
    CHECK(work.next());
    try {
      work.next();
      FAIL("it has gone on");
    } catch (const std::system_error& error) {
      CHECK(error.code() == std::errc(EFBIG));
      CHECK_THAT(error.what(), Catch::Contains("end the long read of another process"));
    }
    CHECK(number("SELECT sum(type_known) FROM events") == Reprocess::rows_max);
  }
  Reprocess work(inbox.database(), tomorrow, 1, true, 10'000);
  while (work.next()) {
  }
  CHECK(number("SELECT sum(type_known) FROM events") == 1'200);
}

TEST_CASE_METHOD(Stored, "of quarantine is told what can be read by now, but for conflicts") {
  const auto quarantine = [&](const std::string& handle, const std::string& raw) {
    Arrival one = arrival(handle, handle.empty() ? raw : handle);
    one.json = raw;
    one.fingerprint = raw;
    one.unreadable = "odd";
    save(one);
  };
  save_old("h1");
  quarantine("", "first good");
  quarantine("", "bad");
  quarantine("h2", "good too");
  Arrival conflict = arrival("h1", "other");
  conflict.json = "a good one that contradicts h1";
  REQUIRE(save(conflict) == Outcome::conflict);
  for (int i = 0; i < 30; ++i) quarantine("", "good " + std::to_string(i));
  const inbox::Readable found = inbox::readable_in_quarantine(
      inbox.database(), [](std::string_view raw) { return raw.find("good") != raw.npos; });
  CHECK(found.rows == 32);
  REQUIRE(found.ids.size() == inbox::Readable::ids_max);
  CHECK(std::vector<std::int64_t>(found.ids.begin(), found.ids.begin() + 3) ==
        std::vector<std::int64_t>{1, 3, 5});
}
