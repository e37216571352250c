// What becomes of pushed events: the second table of inbox.h, cell by cell.
#include "fixture.h"

#include <catch2/catch.hpp>
#include <vector>

using namespace inbox_fixture;
using namespace std::chrono_literals;

namespace {

struct Pushed : Fixture {
  ~Pushed() { check_audit(); }

  Outcome push(const std::string& content = "a") { return save(pushed(clock.utc(), content)); }
  std::int64_t events() { return number("SELECT count(*) FROM events"); }
};

}  // namespace

TEST_CASE_METHOD(Pushed, "a pushed event is stored with where it came from, and is settled") {
  Arrival one = pushed(clock.utc());
  one.format = "v2.0";
  CHECK(save(one) == Outcome::stored);
  CHECK(
      text("SELECT source || ' ' || origin || ' ' || format || ' ' || sub_app_id || ' ' || task_id"
           " FROM events") == "push 192.0.2.7 v2.0 1500000001 task-a");
  CHECK(text("SELECT event_handle FROM events") ==
        "push-2026-11-21T00:00:00.000Z-"
        "6166666666666666666666666666666666666666666666666666666666666666");
  CHECK(number("SELECT confirmed_at = stored_at AND confirm_request_id = '' FROM events") == 1);
  CHECK(text("SELECT json FROM payloads") == one.json);
  CHECK(number("SELECT count(*) FROM unconfirmed") == 0);
  CHECK_FALSE(inbox.newest_unconfirmed());
  CHECK(text("SELECT source FROM recent") == "push");
  CHECK(counters() == "1 1 0 0 0 0 1");
}

TEST_CASE_METHOD(Pushed, "the same callback within ten minutes is counted on its row") {
  push();
  clock.advance(GENERATE(0ms, 5000ms, 599'999ms));
  CHECK(push() == Outcome::redelivered);
  CHECK(number("SELECT pull_count FROM events") == 2);
  CHECK(text("SELECT last_received_at FROM events") == base::iso8601(clock.utc()));
  CHECK(text("SELECT what FROM history JOIN events USING (event_handle)") == "delivered again");
  CHECK(counters() == "2 1 0 1 0 0 1");
}

TEST_CASE_METHOD(Pushed, "ten minutes later it is an event of its own") {
  push();
  clock.advance(10min);
  CHECK(push() == Outcome::stored);
  CHECK(number("SELECT count(*) FROM distinct_events WHERE redelivery_of IS NULL") == 2);
  clock.advance(1s);
  CHECK(push() == Outcome::redelivered);
  CHECK(text("SELECT group_concat(pull_count) FROM events") == "1,2");
}

TEST_CASE_METHOD(Pushed, "the ten minutes begin anew each time it comes") {
  for (int i = 0; i < 5; ++i) {
    push();
    clock.advance(9min);
  }
  CHECK(events() == 1);
}

TEST_CASE_METHOD(Pushed, "a clock that was set back makes no event of its own") {
  push();
  SECTION("by less than ten minutes") {
    clock.jump_utc(-599'999ms);
    CHECK(push() == Outcome::redelivered);
    CHECK(text("SELECT last_received_at FROM events") == "2026-11-20T23:50:00.001Z");
  }
  SECTION("by ten minutes it does") {
    clock.jump_utc(-10min);
    CHECK(push() == Outcome::stored);
  }
  SECTION("and forth: the one that was near is found behind a newer one") {
    clock.jump_utc(1h);
    CHECK(push() == Outcome::stored);
    clock.jump_utc(-59min);
    CHECK(push() == Outcome::redelivered);
    CHECK(text("SELECT group_concat(pull_count) FROM events") == "2,1");
  }
  SECTION("to the moment of an earlier one that has come again since") {
    for (int i = 0; i < 2; ++i) {
      clock.advance(9min);
      push();
    }
    clock.jump_utc(-18min);
    CHECK(push() == Outcome::redelivered);
    CHECK(number("SELECT pull_count FROM events") == 4);
  }
}

TEST_CASE_METHOD(Pushed, "another content is another event, were it at the same moment") {
  push();
  CHECK(push("b") == Outcome::stored);
  CHECK(events() == 2);
}

TEST_CASE_METHOD(Pushed, "the same callback twice in one save is one row") {
  const Arrival both[] = {pushed(clock.utc()), pushed(clock.utc())};
  CHECK(inbox.save(both).outcomes == std::vector{Outcome::stored, Outcome::redelivered});
}

TEST_CASE_METHOD(Pushed, "what was pulled or imported does not hide what is pushed") {
  Arrival other = GENERATE(arrival("h1"), imported("h1"), imported(""));
  other.received_at = clock.utc();
  save(other);
  CHECK(push() == Outcome::stored);
  CHECK(events() == 2);
}

TEST_CASE_METHOD(Pushed, "a handle that is pushed is nobody's") {
  Arrival one = pushed(clock.utc());
  one.handle = "h1";
  CHECK(save(one) == Outcome::stored);
  CHECK(save(one) == Outcome::redelivered);
  Arrival other = pushed(clock.utc(), "b");
  other.handle = "h1";
  CHECK(save(other) == Outcome::stored);
  CHECK(text("SELECT count(*) FROM events WHERE event_handle LIKE 'push-%'") == "2");
  CHECK(save(arrival("h1")) == Outcome::stored);
  CHECK(text("SELECT count(*) FROM quarantine") == "0");
}

TEST_CASE_METHOD(Pushed, "a callback that can't be read stands in quarantine, settled") {
  Arrival odd = pushed(clock.utc());
  odd.unreadable = "not JSON";
  CHECK(save(odd) == Outcome::quarantined);
  CHECK(text("SELECT source || ' ' || origin || ' ' || reason FROM quarantine") ==
        "push 192.0.2.7 not JSON");
  CHECK(number("SELECT confirmed_at = stored_at AND confirm_request_id = '' FROM quarantine") == 1);
  odd.received_at += 1h;
  CHECK(save(odd) == Outcome::redelivered);
  CHECK(number("SELECT pull_count FROM quarantine") == 2);
  CHECK(counters() == "2 0 0 1 1 0 1");
}

TEST_CASE_METHOD(Pushed, "callbacks that are saved again change counts only") {
  Arrival odd = pushed(clock.utc(), "c");
  odd.unreadable = "not JSON";
  const Arrival all[] = {pushed(clock.utc(), "a"), pushed(clock.utc(), "b"), odd};
  CHECK(inbox.save(all).count(Outcome::redelivered) == 0);
  Inbox again(path, 1500000001, clock);
  CHECK(again.save(all).count(Outcome::redelivered) == 3);
  CHECK(events() == 2);
  CHECK(number("SELECT count(*) FROM quarantine") == 1);
}

TEST_CASE_METHOD(Pushed, "a save of callbacks that fails leaves nothing and can be done again") {
  inbox.database().run(
      "CREATE TEMP TRIGGER breaks BEFORE INSERT ON payloads WHEN new.event_id = 2"
      " BEGIN SELECT raise(ABORT, 'no'); END");
  const Arrival both[] = {pushed(clock.utc(), "a"), pushed(clock.utc(), "b")};
  CHECK_THROWS_AS(inbox.save(both), std::system_error);
  CHECK(events() == 0);
  CHECK(counters() == "0 0 0 0 0 0 0");
  inbox.database().run("DROP TRIGGER breaks");
  CHECK(inbox.save(both).count(Outcome::stored) == 2);
}

TEST_CASE_METHOD(Pushed, "pushed events go by age") {
  push("a");
  clock.advance(1h);
  push("b");
  inbox.keep({.age = 30min});
  CHECK(inbox.tidy({}).events == 1);
  CHECK(text("SELECT task_id FROM events") == "task-b");
}
