// audit and explain, as an operator uses them.
#include "base/clock.h"
#include "e2e/setup.h"
#include "inbox/inbox.h"
#include "intake/arrival.h"
#include "support/sample.h"
#include "vod/contents.h"

#include <signal.h>

#include <catch2/catch.hpp>

namespace {

using namespace std::chrono_literals;
using Catch::Contains;

// The events of a sample, as they come by this way.
std::vector<inbox::Arrival> arrivals(const std::string& sample, inbox::Source source) {
  const std::string text = support::text_of(FIXTURES "/samples/" + sample);
  std::vector<inbox::Arrival> all;
  for (const vod::Item& item : vod::contents(text).items) {
    all.push_back(intake::to_arrival(item.slice, item.form, item.path, item.handle));
    all.back().source = source;
    all.back().received_at = base::SystemClock().utc();
  }
  return all;
}

}  // namespace

TEST_CASE_METHOD(e2e::Setup, "audit reads each event in the form it came in") {
  url = "http://127.0.0.1:1";
  configure();
  {
    base::SystemClock clock;
    inbox::Inbox inbox(database, {}, clock, 0);
    using inbox::Source;
    inbox.save(arrivals("PullComplete.json", Source::pull));
    inbox.save(arrivals("normal/FileDeleted-with-sign.json", Source::push));
    inbox.save(arrivals("edge/task-failed.json", Source::import));  // a conflict
    inbox.save(arrivals("edge/batch-16-mixed.json", Source::import));
    inbox.save(arrivals("legacy/v2-PullEvent-reply.json", Source::import));
    inbox.save(arrivals("legacy/v2-PullComplete.json", Source::push));
    inbox.save(arrivals("ClipComplete.json", Source::push));  // its handle is nobody's
  }
  CHECK_THAT(print("audit").text, Contains("22 events read again"));
  const std::string content = "BROKEN  every event's handle and fingerprint fit its JSON: ";
  const auto [damage, complaint] = GENERATE_REF(table<std::string, std::string>({
      {"UPDATE events SET received_at = received_at", "The promise holds"},
      {"UPDATE events SET format = 'v3.0'", content + "3 exceptions"},
      {"UPDATE events SET event_handle = 'x' WHERE id = 3", content + "1 exceptions"},
      {"UPDATE payloads SET json = json_remove(json, '$.EventHandle') WHERE event_id = 1",
       content + "1 exceptions"},
      {"UPDATE payloads SET json = json_set(json, '$.T', 0) WHERE event_id = 2",
       "The promise holds"},  // no part of the content
      {"UPDATE events SET err_code = 1 WHERE event_handle LIKE 'push-%' AND format = 'v2.0'",
       "BROKEN  every event's type, ids and status are those of its JSON: 1 exceptions"},
      {"UPDATE quarantine SET raw = CAST('{\"a' AS BLOB)",
       "BROKEN  what stands in quarantine fits its fingerprint: 1 exceptions"},
  }));
  sqlite::Database(database, sqlite::Database::Mode::read_write).run(damage);
  CHECK_THAT(print("audit").text, Contains(complaint));
}

TEST_CASE_METHOD(e2e::Setup, "audit proves a database beside the running daemon and after it") {
  simulate({"--events", FIXTURES "/samples", "--generate", "500", "--hold-s", "0.5"});
  configure();
  auto process = daemon("run");
  await_log("stored events=");
  for (int i = 0; i < 5; ++i) {
    const auto beside = print("audit");
    CHECK(beside.status == 0);
    CHECK_THAT(beside.text, Contains("The promise holds"));
  }
  process.signal(SIGTERM);
  REQUIRE(process.wait(15s) == 0);
  const auto after = print("audit", {"--json"});
  CHECK(after.status == 0);
  sqlite::Database memory(":memory:", sqlite::Database::Mode::create);
  sqlite::Statement holds(memory, "SELECT ?1 ->> '$.holds', ?1 ->> '$.events_read'");
  sqlite::Rows rows = holds.query(after.text);
  REQUIRE(rows.next());
  CHECK(rows.integer(0) == 1);
  CHECK(rows.integer(1) == number("SELECT count(*) FROM events"));
}

TEST_CASE_METHOD(e2e::Setup, "audit tells what is broken and ends with 1") {
  simulate({"--generate", "50", "--hold-s", "0.5"});
  configure();
  REQUIRE(daemon("drain").wait(30s) == 0);
  const auto [damage, complaint] = GENERATE(table<std::string, std::string>({
      {"UPDATE payloads SET json = replace(json, 'EventType', 'Eventtype') WHERE event_id = 7",
       "BROKEN  every event's handle and fingerprint fit its JSON: 1 exceptions"},
      {"UPDATE events SET event_type = 'Other' WHERE id = 7",
       "BROKEN  every event's type, ids and status are those of its JSON: 1 exceptions"},
      {"INSERT INTO quarantine (event_handle, reason, received_at, stored_at, pull_request_id,"
       " fingerprint, raw) VALUES ('\x1b[31mh', 'r', 't', 't', 'q', x'00', x'01')",
       "BROKEN  what stands in quarantine fits its fingerprint: 1 exceptions"},
      {"DELETE FROM payloads WHERE event_id = 7", "BROKEN  every event has its JSON: 1 exceptions"},
      {"UPDATE counters SET stored = stored + 2",
       "BROKEN  events holds as many rows as were stored and not deleted: 2 exceptions"},
  }));
  sqlite::Database(database, sqlite::Database::Mode::read_write).run(damage);
  const auto found = print("audit");
  CHECK(found.status == 1);
  CHECK_THAT(found.text, Contains(complaint) && Contains("The promise is BROKEN"));
  CHECK(found.text.find('\x1b') == std::string::npos);
}

TEST_CASE_METHOD(e2e::Setup, "a violation is logged as critical by the daemon that works on it") {
  simulate({"--generate", "50", "--hold-s", "0.5"});
  configure();
  REQUIRE(daemon("drain").wait(30s) == 0);
  sqlite::Database(database, sqlite::Database::Mode::read_write)
      .run("DELETE FROM payloads WHERE event_id = 7");
  auto process = daemon("run");
  await_log("the database does not hold what was promised rule=payloads");
  CHECK_THAT(log(), Contains("<2>"));
  process.signal(SIGTERM);
  CHECK(process.wait(15s) == 0);
}

TEST_CASE_METHOD(e2e::Setup, "explain tells an event's story from pull to confirm") {
  simulate({"--generate", "20", "--lose", "confirm", "--handles", "same", "--redeliver", "100",
            "--lease-s", "1", "--exit-when-drained"});
  configure();
  auto process = daemon("run");
  REQUIRE(simulator->wait(60s) == 0);
  process.signal(SIGTERM);
  REQUIRE(process.wait(15s) == 0);
  std::string handle;
  {
    sqlite::Database reader(database, sqlite::Database::Mode::read_only);
    handle = reader.text("SELECT event_handle FROM events LIMIT 1");
  }
  const auto story = print("explain", {handle});
  CHECK(story.status == 0);
  std::size_t at = 0;
  for (const char* step : {"pulled  handle ", "stored as row 1", "confirmed  handle ",
                           "delivered again  handle ", "confirmed again  handle ", "RequestId "}) {
    INFO(step << " in\n" << story.text);
    at = story.text.find(step, at);
    REQUIRE(at != std::string::npos);
  }
  CHECK_THAT(story.text, Contains("state     confirmed"));
  CHECK_THAT(print("explain", {handle, "--json"}).text, Contains("\"what\":\"delivered again\""));
  CHECK(print("explain", {"no such thing"}).status == 1);
  CHECK_THAT(log(), Contains("has no event with the handle, TaskId or FileId no such thing"));
}

TEST_CASE_METHOD(e2e::Setup,
                 "pages that are damaged are found by audit, and end the daemon for good") {
  simulate({"--generate", "500", "--hold-s", "0.5"});
  configure();
  REQUIRE(daemon("drain").wait(30s) == 0);
  sqlite::Database(database, sqlite::Database::Mode::read_write)
      .run("PRAGMA wal_checkpoint(TRUNCATE)");
  {
    std::fstream file(database, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096 * 200);  // behind the schema
    file << std::string(std::size_t{4096} * 60, '\x5a');
  }
  const auto found = print("audit");
  CHECK(found.status == 1);
  CHECK_THAT(found.text, Contains("BROKEN  SQLite finds the file sound"));
  auto process = daemon("run");
  CHECK(process.wait(30s) == 78);
  CHECK_THAT(log(), Contains(".recover"));
}

TEST_CASE_METHOD(e2e::Setup, "a database that is not there is told as that") {
  url = "http://127.0.0.1:1";
  configure();
  CHECK(print("audit").status == 78);
  CHECK_THAT(log(), Contains("has the daemon run, may this user read it?"));
}
