// What becomes of imported events: the third table of inbox.h, cell by cell.
#include "fixture.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <vector>

using namespace inbox_fixture;
using namespace std::chrono_literals;

namespace {

struct Imported : Fixture {
  ~Imported() { check_audit(); }

  std::int64_t events() { return number("SELECT count(*) FROM events"); }

  // All that the tables hold, but for the payloads.
  std::string rows() {
    return text(
               "SELECT group_concat(a) FROM (SELECT id || event_handle || pull_count || "
               "last_received_at || coalesce(confirmed_at, '') || coalesce(redelivery_of, '')"
               " AS a FROM events)") +
           text(
               "SELECT group_concat(id || pull_count || coalesce(last_received_at, ''))"
               " FROM quarantine") +
           text("SELECT count(*) FROM history") + counters();
  }
};

Arrival unreadable(Arrival arrival) {
  arrival.unreadable = "not JSON";
  return arrival;
}

}  // namespace

TEST_CASE_METHOD(Imported, "an imported event is stored with where it came from, and is settled") {
  Arrival one = imported("h1");
  one.format = "v2.0";
  CHECK(save(one) == Outcome::stored);
  CHECK(
      text("SELECT event_handle || ' ' || source || ' ' || origin || ' ' || format FROM events") ==
      "h1 import old.jsonl v2.0");
  CHECK(number("SELECT confirmed_at = stored_at AND confirm_request_id = '' FROM events") == 1);
  CHECK(text("SELECT json FROM payloads") == one.json);
  CHECK(number("SELECT count(*) FROM unconfirmed") == 0);
  CHECK_FALSE(inbox.newest_unconfirmed());
  CHECK(text("SELECT source FROM recent") == "import");
  CHECK(counters() == "1 1 0 0 0 0 1");
}

TEST_CASE_METHOD(Imported, "one without a handle has its content for a key") {
  CHECK(save(imported("")) == Outcome::stored);
  std::string key = "import-61";
  for (int i = 0; i < 31; ++i) key += "66";
  CHECK(text("SELECT event_handle FROM events") == key);
}

TEST_CASE_METHOD(Imported, "a handle that is here with the same content is known") {
  const Arrival here = GENERATE(arrival("h1"), imported("h1"));
  save(here);
  const std::string before = rows();
  CHECK(save(imported("h1")) == Outcome::known);
  CHECK(rows() == before);
}

TEST_CASE_METHOD(Imported, "a handle that is here with another content is a conflict, once") {
  const Arrival here = GENERATE(arrival("h1", "a"), imported("h1", "a"));
  save(here);
  CHECK(save(imported("h1", "b")) == Outcome::conflict);
  CHECK(text("SELECT source || ' ' || origin || ' ' || event_handle FROM quarantine") ==
        "import old.jsonl h1");
  CHECK(number("SELECT confirmed_at = stored_at AND confirm_request_id = '' FROM quarantine") == 1);
  const std::string before = rows();
  CHECK(save(imported("h1", "b")) == Outcome::known);
  CHECK(rows() == before);
  CHECK(events() == 1);
}

TEST_CASE_METHOD(Imported, "a new handle for what was pushed or imported is linked, and shown") {
  const Arrival here = GENERATE(pushed(now), imported("h1"), imported(""));
  save(here);
  CHECK(save(imported("h2")) == Outcome::relinked);
  CHECK(save(imported("h3")) == Outcome::relinked);
  CHECK(number("SELECT count(*) FROM events WHERE redelivery_of = 1 AND redelivery_certain = 0"
               " AND superseded_by IS NULL AND confirmed_at IS NOT NULL") == 2);
  CHECK(number("SELECT count(*) FROM distinct_events") == 3);
  CHECK(counters() == "3 1 2 0 0 0 3");
}

TEST_CASE_METHOD(Imported, "of several events of its content it is linked to the newest") {
  save(pushed(now));
  save(pushed(now + 1h));
  save(imported("h1"));
  CHECK(number("SELECT redelivery_of FROM events WHERE event_handle = 'h1'") == 2);
}

TEST_CASE_METHOD(Imported, "without a handle, what was pushed or imported is known") {
  const Arrival here = GENERATE(pushed(now), imported("h1"), imported(""));
  save(here);
  const std::string before = rows();
  CHECK(save(imported("")) == Outcome::known);
  CHECK(rows() == before);
}

TEST_CASE_METHOD(Imported, "the content of what was pulled is not looked at") {
  save(arrival("h1"));
  CHECK(save(imported("h2")) == Outcome::stored);
  save(arrival("h3", "b"));
  CHECK(save(imported("", "b")) == Outcome::stored);
  CHECK(events() == 4);
}

TEST_CASE_METHOD(Imported, "what can't be read stands in quarantine, once, whoever brought it") {
  CHECK(save(unreadable(imported("", "a"))) == Outcome::quarantined);
  CHECK(number("SELECT confirmed_at = stored_at AND confirm_request_id = '' FROM quarantine") == 1);
  save(unreadable(arrival("h1", "b")));
  save(unreadable(pushed(now, "c")));
  const std::string before = rows();
  CHECK(save(unreadable(imported("", "a"))) == Outcome::known);
  CHECK(save(unreadable(imported("h1", "b"))) == Outcome::known);
  CHECK(save(unreadable(imported("", "c"))) == Outcome::known);
  CHECK(rows() == before);
}

TEST_CASE_METHOD(Imported, "an import that was broken off goes on where it was") {
  const std::vector<Arrival> file = {imported("h1", "a"), imported("h2", "a"),
                                     imported("", "b"),   unreadable(imported("", "c")),
                                     imported("h1", "d"), imported("", "e")};
  inbox.save(std::span(file).first(4));
  Inbox again(path, 1500000001, clock);
  CHECK(again.save(file).outcomes == std::vector{Outcome::known, Outcome::known, Outcome::known,
                                                 Outcome::known, Outcome::conflict,
                                                 Outcome::stored});
  const std::string before = rows();
  const auto log = std::filesystem::file_size(path + "-wal");
  CHECK(again.save(file).count(Outcome::known) == file.size());
  CHECK(rows() == before);
  CHECK(std::filesystem::file_size(path + "-wal") == log);
}

TEST_CASE_METHOD(Imported, "in another application's name it is known as well") {
  save(imported(""));
  Inbox other(path, 7, clock);
  const Arrival one = imported("");
  CHECK(other.save({&one, 1}).outcomes.at(0) == Outcome::known);
}

TEST_CASE_METHOD(Imported, "an import that fails leaves nothing and can be done again") {
  inbox.database().run(
      "CREATE TEMP TRIGGER breaks BEFORE INSERT ON payloads WHEN new.event_id = 2"
      " BEGIN SELECT raise(ABORT, 'no'); END");
  const Arrival both[] = {imported("h1", "a"), imported("", "b")};
  CHECK_THROWS_AS(inbox.save(both), std::system_error);
  CHECK(events() == 0);
  CHECK(counters() == "0 0 0 0 0 0 0");
  inbox.database().run("DROP TRIGGER breaks");
  CHECK(inbox.save(both).count(Outcome::stored) == 2);
}

TEST_CASE_METHOD(Imported, "what was imported and is pulled after that is one row, and confirmed") {
  save(imported("h1"));
  CHECK(save(arrival("h1")) == Outcome::redelivered);
  CHECK(save(arrival("h1")) == Outcome::redelivered);
  const auto outcome = GENERATE(inbox::Confirm::confirmed, inbox::Confirm::unknown);
  confirm("h1", outcome);
  CHECK(text("SELECT source || ' ' || pull_count || ' ' || last_pull_request_id FROM events") ==
        "import 3 pull-request");
  CHECK(number("SELECT confirmed_at = stored_at AND NOT confirm_unknown FROM events") == 1);
  CHECK(text("SELECT what FROM history ORDER BY id DESC LIMIT 1") ==
        (outcome == inbox::Confirm::confirmed ? "confirmed again" : "confirm unanswered"));
  CHECK(counters() == "3 1 0 2 0 0 1");
}

TEST_CASE_METHOD(Imported, "what was imported and is pulled with another content is a conflict") {
  save(imported("h1", "a"));
  CHECK(save(arrival("h1", "b")) == Outcome::conflict);
  CHECK(number("SELECT count(*) FROM quarantine WHERE source = 'pull' AND confirmed_at IS NULL"
               " AND origin IS NULL") == 1);
  confirm("h1");
  CHECK(number("SELECT confirm_request_id = 'confirm-request' FROM quarantine") == 1);
  CHECK(counters() == "2 1 0 0 0 1 2");
}

TEST_CASE_METHOD(Imported, "what is in quarantine by an import is confirmed when it is pulled") {
  save(unreadable(imported("h1")));
  CHECK(save(unreadable(arrival("h1"))) == Outcome::redelivered);
  confirm("h1");
  CHECK(text("SELECT what FROM history") == "confirmed again");
  CHECK(counters() == "2 0 0 1 1 0 1");
}

TEST_CASE_METHOD(Imported, "an import confirms nothing that was pulled") {
  save(arrival("h1"));
  CHECK(save(imported("h1")) == Outcome::known);
  CHECK(text("SELECT event_handle FROM unconfirmed") == "h1");
  confirm("h1");
  CHECK(text("SELECT confirm_request_id FROM events") == "confirm-request");
}

TEST_CASE_METHOD(Imported, "what is pulled is an event of its own beside equal imported content") {
  save(imported("h1"));
  CHECK(save(arrival("h2")) == Outcome::stored);
  CHECK(save(arrival("h3")) == Outcome::relinked);
  CHECK(number("SELECT redelivery_of FROM events WHERE event_handle = 'h3'") == 2);
}

TEST_CASE_METHOD(Imported, "each of a mixed save is judged by its own way") {
  const Arrival all[] = {imported("h1"), arrival("h1"), pushed(now),   imported(""),
                         arrival("h2"),  pushed(now),   imported("h2")};
  CHECK(inbox.save(all).outcomes == std::vector{Outcome::stored, Outcome::redelivered,
                                                Outcome::stored, Outcome::known, Outcome::stored,
                                                Outcome::redelivered, Outcome::known});
  CHECK(counters() == "5 3 0 2 0 0 2");
}

TEST_CASE_METHOD(Imported, "an imported event goes as a whole, by age") {
  for (const char* handle : {"h1", "h2"}) {
    Arrival one = imported(handle);
    one.received_at = clock.utc();
    save(one);
    clock.advance(1h);
  }
  inbox.keep({.age = 90min});
  clock.advance(15min);  // the first is old by now
  CHECK(inbox.tidy({}).events == 0);
  clock.advance(30min);
  inbox.keep({.age = 90min});
  CHECK(inbox.tidy({}).events == 2);
  CHECK(save(imported("h1")) == Outcome::stored);
}
