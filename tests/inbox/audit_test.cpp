#include "inbox/audit.h"

#include "fixture.h"
#include "inbox/open.h"
#include "inbox/schema.h"

#include <catch2/catch.hpp>
#include <map>

using namespace inbox_fixture;

namespace {

// The names of the rules that do not hold, with their exceptions.
using Broken = std::map<std::string, std::int64_t>;

Broken audit_of(Inbox& inbox) {
  Broken broken;
  for (const inbox::Finding& finding : inbox::audit(inbox.database(), {}))
    if (finding.exceptions != 0) broken.emplace(finding.name, finding.exceptions);
  return broken;
}

// Stored, redelivered with the same and another handle, quarantined, in conflict, confirmed.
struct Full : Fixture {
  Full() {
    save(arrival("h1", "a"));
    save(arrival("h1", "a"));
    save(arrival("h2", "a"));
    save(arrival("h3", "b"));
    save(arrival("h3", "c"));
    Arrival odd = arrival("", "d");
    odd.unreadable = "not JSON";
    save(odd);
    confirm("h2");
    confirm("h3", inbox::Confirm::unknown);
    confirm("h3");
  }
};

}  // namespace

TEST_CASE_METHOD(Full, "counters and rows balance, whatever became of what was pulled") {
  CHECK(audit_of(inbox).empty());
  CHECK(counters() == "6 2 1 1 1 1 4");
  CHECK(inbox.look_after().empty());
  CHECK(inbox::check_integrity(inbox.database()).empty());
}

TEST_CASE_METHOD(Full, "they balance when rows are deleted by hand as well") {
  inbox.database().run("DELETE FROM events WHERE id <= 2; DELETE FROM quarantine");
  CHECK(audit_of(inbox).empty());
  CHECK(number("SELECT count(*) FROM payloads") == 1);
  CHECK(number("SELECT count(*) FROM history WHERE event_handle = 'h1'") == 0);
}

TEST_CASE_METHOD(Full, "each rule finds what breaks it") {
  const auto [damage, expected] = GENERATE(table<std::string, Broken>({
      {"UPDATE counters SET pulled = pulled + 3", {{"outcomes", 3}, {"deliveries", 3}}},
      {"UPDATE counters SET strays = 1", {{"strays", 1}}},
      {"DELETE FROM payloads WHERE event_id = 1", {{"payloads", 1}}},
      {"DROP TRIGGER event_deleted; DELETE FROM events WHERE id = 3",
       {{"events", 1}, {"deliveries", 1}, {"orphans", 1}, {"confirms", 1}}},
      {"DROP TRIGGER quarantined_deleted; DELETE FROM quarantine WHERE event_handle IS NULL",
       {{"quarantine", 1}, {"deliveries", 1}}},
      {"UPDATE payloads SET json = '{' WHERE event_id = 2", {{"json", 1}}},
      {"UPDATE events SET confirmed_at = NULL WHERE id = 3", {{"confirms", 1}}},
      {"UPDATE events SET confirm_request_id = NULL WHERE id = 3", {{"confirmed", 1}}},
      {"UPDATE events SET pull_count = 1", {{"deliveries", 1}}},
      {"UPDATE events SET source = 'push' WHERE id = 3", {{"settled", 1}}},
      {"UPDATE events SET source = 'import', origin = '-', confirmed_at = NULL WHERE id = 3",
       {{"settled", 1}, {"confirms", 1}}},
      {"UPDATE events SET redelivery_of = 3 WHERE id = 2", {{"links", 1}}},
      {"UPDATE sqlite_sequence SET seq = 9 WHERE name = 'events'", {{"cursor", 6}}},
      {"DELETE FROM counters", {{"counters", 1}}},
  }));
  INFO(damage);
  inbox.database().run(damage);
  CHECK(audit_of(inbox) == expected);
}

TEST_CASE_METHOD(Full, "a violation is seen while the inbox is looked after") {
  inbox.database().run("DELETE FROM payloads WHERE event_id = 1");
  const auto concerns = inbox.look_after();
  REQUIRE(concerns.size() == 1);
  CHECK(concerns[0].violation);
  CHECK(concerns[0].text == "every event has its JSON: 1 exceptions");
}

TEST_CASE_METHOD(Fixture, "a confirm without a row is counted as a violation") {
  confirm("never stored");
  CHECK(audit_of(inbox) == Broken{{"strays", 1}});
}

TEST_CASE_METHOD(Fixture, "what went astray stands in the history, the straight way does not") {
  save(arrival("h1"));
  confirm("h1");
  CHECK(number("SELECT count(*) FROM history") == 0);
  save(arrival("h1"));
  confirm("h1");
  save(arrival("h2", "b"));
  confirm("h2", inbox::Confirm::unknown);
  confirm("h2", inbox::Confirm::refused);
  CHECK(text("SELECT group_concat(event_handle || ' ' || what) FROM history") ==
        "h1 delivered again,h1 confirmed again,h2 confirm unanswered,h2 confirm refused");
}

TEST_CASE_METHOD(Fixture, "of one handle the history keeps the first hundred steps") {
  save(arrival("h1"));
  for (int i = 0; i < 200; ++i)
    inbox.confirm_done(std::vector<std::string>{"h1"}, inbox::Confirm::unknown, "timeout", "");
  inbox.flush();
  for (int i = 0; i < 5; ++i) save(arrival("h1"));
  CHECK(number("SELECT count(*) FROM history") == 100);
}

TEST_CASE("a database of version 1 gets counters that balance with its rows") {
  support::TempFolder folder;
  support::FakeClock clock;
  const std::string path = folder / "events.db";
  {
    sqlite::Database old(path, sqlite::Database::Mode::create);
    old.run(inbox::migrations[0]);
    old.run("PRAGMA user_version = 1");
    const std::string columns =
        "(event_handle, event_type, type_known, received_at, stored_at, pull_request_id,"
        " last_received_at, last_pull_request_id, fingerprint, pull_count, redelivery_of,"
        " redelivery_certain, confirmed_at, confirm_request_id)";
    const std::string times = ", 'ConcatComplete', 1, 't', 't', 'r', 't', 'r', x'00', ";
    old.run("INSERT INTO events " + columns + " VALUES ('h0'" + times +
            "1, NULL, NULL, NULL, NULL),"
            "('h1'" +
            times + "3, NULL, NULL, 't', 'c'), ('h2'" + times +
            "1, 2, 1, 't', 'c');"
            "INSERT INTO payloads SELECT id, '{}' FROM events;"
            "DELETE FROM events WHERE id = 1");
    old.run(
        "INSERT INTO quarantine (event_handle, reason, received_at, stored_at, pull_request_id,"
        " pull_count, fingerprint, raw) VALUES (NULL, 'broken', 't', 't', 'r', 2, x'00', x'00'),"
        " ('h1', 'the handle of a stored event came with another content', 't', 't', 'r', 1,"
        " x'01', x'01')");
  }
  Inbox inbox(path, {}, clock);
  CHECK(inbox.database().number("PRAGMA user_version") ==
        static_cast<std::int64_t>(inbox::migration_count));
  CHECK(audit_of(inbox).empty());
  CHECK(inbox.database().text(
            "SELECT pulled || ' ' || stored || ' ' || relinked || ' ' ||"
            " redelivered || ' ' || quarantined || ' ' || conflicts FROM counters") ==
        "8 2 1 3 1 1");
}

TEST_CASE_METHOD(Fixture, "a database of another version is not opened for reading") {
  CHECK_NOTHROW(inbox::open_read_only(path));
  inbox.database().run("PRAGMA user_version = 1");
  CHECK_THROWS_AS(inbox::open_read_only(path), inbox::Refused);
}
