// What becomes of replies, step by step.
#include "relay/driver.h"

#include "relay/played.h"

#include <sqlite3.h>

#include <catch2/catch.hpp>

namespace {

using namespace std::chrono_literals;
using played::event;
using played::ok;
using played::reply;
using relay::Relay;

}  // namespace

TEST_CASE_METHOD(played::Daemon, "an event goes from the reply to a confirmed row") {
  driver.turn();
  REQUIRE(transport.count() == 1);
  transport.reply(1, reply(event("h1", "t1")));
  driver.turn();
  CHECK(number("SELECT count(*) FROM events WHERE confirmed_at IS NULL") == 1);
  CHECK(calls("ConfirmEvents").empty());
  driver.turn();
  REQUIRE(calls("ConfirmEvents").size() == 1);
  CHECK(transport.sent(calls("ConfirmEvents")[0]).body == R"({"EventHandles":["h1"]})");
  transport.reply(calls("ConfirmEvents")[0], ok);
  driver.turn();
  CHECK(number("SELECT count(*) FROM events WHERE task_id = 't1' AND pull_request_id = 'pull-1'"
               " AND confirm_request_id = 'confirm-1' AND confirmed_at IS NOT NULL") == 1);
}

TEST_CASE_METHOD(played::Daemon,
                 "an odd element costs its neighbours nothing and is confirmed too") {
  driver.turn();
  transport.reply(
      1, reply(event("h1", "t1") + ",7,{\"EventHandle\":\"h2\",\"x\":NaN}," + event("h3", "t3")));
  driver.turn();
  CHECK(number("SELECT count(*) FROM events") == 2);
  CHECK(number("SELECT count(*) FROM quarantine") == 2);
  driver.turn();
  CHECK(transport.sent(calls("ConfirmEvents").at(0)).body ==
        R"({"EventHandles":["h1","h2","h3"]})");
  transport.reply(calls("ConfirmEvents")[0], ok);
  driver.turn();
  CHECK(number("SELECT count(confirmed_at) FROM quarantine") == 1);
}

TEST_CASE_METHOD(played::Daemon, "while the database is locked nothing is confirmed; then all is") {
  inbox.database().busy_timeout_ms(1);
  sqlite::Database operator_s(*folder / "events.db", sqlite::Database::Mode::read_write);
  operator_s.run("BEGIN IMMEDIATE");
  driver.turn();
  transport.reply(1, reply(event("h1", "t1")));
  for (int i = 0; i < 5; ++i) driver.turn();
  CHECK(transport.count() == 1);
  operator_s.run("COMMIT");
  clock.advance(1s);
  driver.turn();
  driver.turn();
  CHECK(number("SELECT count(*) FROM events") == 1);
  CHECK(calls("ConfirmEvents").size() == 1);
  CHECK(calls("PullEvents").size() >= 2);
}

TEST_CASE_METHOD(played::Daemon,
                 "with a backlog what is known of confirms rides in the next save") {
  int events = 0;
  auto next_pull = [&, pull = std::size_t{0}](int count) mutable {
    std::string elements;
    for (const int end = events + count; events < end; ++events)
      elements += (elements.empty() ? "" : ",") +
                  event("h" + std::to_string(events), std::to_string(events));
    transport.reply(calls("PullEvents").at(pull++), reply(elements));
    clock.advance(1s);
    driver.turn();
  };
  driver.turn();
  next_pull(16);
  driver.turn();
  next_pull(16);
  clock.advance(Relay::gather_max);
  driver.turn();
  driver.turn();
  for (const http::Transfer confirm : calls("ConfirmEvents")) transport.reply(confirm, ok);
  REQUIRE(calls("ConfirmEvents").size() == 2);
  driver.turn();
  driver.turn();
  REQUIRE_FALSE(machine.confirms_pending());
  CHECK(number("SELECT count(confirmed_at) FROM events") == 0);
  next_pull(1);
  CHECK(number("SELECT count(confirmed_at) FROM events") == 32);
}

TEST_CASE_METHOD(played::Daemon,
                 "a confirm without an answer is on record as unknown, and sent again") {
  driver.turn();
  transport.reply(1, reply(event("h1", "t1")));
  driver.turn();
  driver.turn();
  http::Response lost;
  lost.fault = http::Fault::interrupted;
  transport.reply(calls("ConfirmEvents").at(0), std::move(lost));
  driver.turn();
  clock.advance(3s);
  driver.turn();
  REQUIRE(calls("ConfirmEvents").size() == 2);
  transport.reply(calls("PullEvents").at(1), reply(event("h2", "t1")));
  driver.turn();
  CHECK(number("SELECT redelivery_of = 1 AND redelivery_certain = 0 FROM events"
               " WHERE event_handle = 'h2'") == 1);
}

TEST_CASE_METHOD(played::Daemon, "secrets and payloads stay out of the log") {
  driver.turn();
  transport.reply(
      1, reply(event("h1", "payload-text") + ",{\"EventHandle\":\"h2\",\"payload-text\":}"));
  for (int i = 0; i < 3; ++i) driver.turn();
  CHECK_FALSE(lines.empty());
  for (const std::string& line : lines) {
    CHECK_THAT(line, !Catch::Contains("payload-text") && !Catch::Contains("secret"));
  }
}

TEST_CASE_METHOD(played::Daemon, "what was stored names the pull it came from") {
  driver.turn();
  transport.reply(1, reply(event("h1", "t1")));
  driver.turn();
  REQUIRE_FALSE(lines.empty());
  CHECK_THAT(lines.back(),
             Catch::StartsWith("stored events=1") && Catch::Contains(" request_id=pull-1"));
}

TEST_CASE_METHOD(played::Daemon, "a reply that is no answer is kept once, however often it comes") {
  const auto odd = [](const std::string& request) {
    return R"({"EventSet":[)" + event("h1", "t1") + R"(],"RequestId":")" + request + R"("})";
  };
  driver.turn();
  transport.reply(1, odd("pull-1"));
  for (int i = 0; i < 3; ++i) driver.turn();
  CHECK(number("SELECT count(*) FROM quarantine WHERE event_handle IS NULL"
               " AND pull_request_id = 'pull-1' AND reason = 'no answer: the body has no Response'"
               " AND raw = CAST('" +
               odd("pull-1") + "' AS BLOB)") == 1);
  clock.advance(1s);
  driver.turn();
  transport.reply(calls("PullEvents").at(1), odd("pull-2"));
  for (int i = 0; i < 3; ++i) driver.turn();
  CHECK(number("SELECT count(*) FROM quarantine") == 1);
  CHECK(number("SELECT pull_count FROM quarantine") == 2);
  CHECK(calls("ConfirmEvents").empty());
  CHECK(machine.counters().failed_pulls == 2);
}

TEST_CASE_METHOD(played::Daemon, "of a reply that is no answer only so much is kept, and so many") {
  for (int i = 1; i <= 20; ++i) {
    driver.turn();
    const auto pulls = calls("PullEvents");
    REQUIRE(pulls.size() == static_cast<std::size_t>(i));
    transport.reply(pulls.back(),
                    "{\"nonsense\":\"" + std::to_string(i) + std::string(100'000, 'x') + "\"}");
    for (int turns = 0; turns < 3; ++turns) driver.turn();
    driver.retry_now();
    clock.advance(100ms);
  }
  CHECK(number("SELECT count(*) FROM quarantine") == 16);
  CHECK(number("SELECT max(length(raw)) FROM quarantine") == 64 << 10);
}

TEST_CASE_METHOD(played::Daemon, "the driver measures pulls, commits, confirms and delays") {
  driver.turn();
  clock.advance(200ms);
  transport.reply(1, reply(event("h1", "t1") + ',' + event("h2", "t2")));
  driver.turn();
  driver.turn();
  clock.advance(2s);
  transport.reply(calls("ConfirmEvents").at(0), ok);
  transport.reply(
      calls("PullEvents").at(1),
      std::string(
          R"({"Response":{"Error":{"Code":"InternalError","Message":""},"RequestId":"x"}})"));
  driver.turn();
  const relay::Measures& measures = driver.measures();
  CHECK(measures.pull_s.count() == 2);
  CHECK(measures.pull_s.sum() == Approx(2.2));
  CHECK(measures.commit_s.count() == 1);
  CHECK(measures.store_delay_s.count() == 2);
  CHECK(measures.confirm_s.sum() == Approx(2));
  CHECK(measures.confirm_delay_s.sum() == Approx(4));
  CHECK(measures.lease_left_s.at(clock.now()) == Approx(28));
  CHECK(measures.pull_failures[relay::Measures::index(vod::ErrorClass::transient)] == 1);
  CHECK(measures.pull_failures_in_a_row == 1);
  CHECK(machine.counters().event_pulls == 1);
}

TEST_CASE("the moment at which the queue was empty survives a restart") {
  const std::string empty = R"({"Response":{"EventSet":null,"RequestId":"pull-1"}})";
  auto folder = std::make_shared<support::TempFolder>();
  {
    played::Daemon first(folder);
    first.inbox.check_writable();
    first.clock.advance(10min);
    first.driver.turn();
    first.clock.advance(5s);
    first.transport.reply(1, empty);
    first.driver.turn();
    CHECK(first.clock.now() - first.driver.backlog().empty_at() == 5s);
    first.inbox.flush();
  }
  played::Daemon second(folder);
  second.clock.advance(30min);
  CHECK(second.inbox.queue_empty_at() == second.clock.utc() - 20min);
  relay::Driver again(second.machine, second.client, second.inbox, second.clock, second.log);
  CHECK(second.clock.now() - again.backlog().empty_at() == 20min);
}

TEST_CASE_METHOD(played::Daemon, "in a new database the moment is that of the first start") {
  CHECK_FALSE(inbox.queue_empty_at());
  inbox.check_writable();
  CHECK(inbox.queue_empty_at() == clock.utc());
  clock.advance(1min);
  inbox.check_writable();
  CHECK(inbox.queue_empty_at() == clock.utc() - 1min);
}

TEST_CASE_METHOD(played::Daemon, "a minute without events gives SQLite's cache back") {
  const auto cached_bytes = [this] {
    int bytes = 0, highest = 0;
    sqlite3_db_status(inbox.database().handle(), SQLITE_DBSTATUS_CACHE_USED, &bytes, &highest, 0);
    return bytes;
  };
  driver.turn();
  transport.reply(1, reply(event("h1", "t1")));
  driver.turn();
  const int working = cached_bytes();
  clock.advance(61s);
  driver.turn();
  CHECK(cached_bytes() > working / 2);  // there was an event in this minute
  clock.advance(61s);
  driver.turn();
  CHECK(cached_bytes() < working / 2);
}

TEST_CASE_METHOD(played::Daemon, "what saves took of memory is given back in rest, others' too") {
  machine.pace(0, 0ms);
  const auto held = [&] {
    int bytes = 0, most = 0;
    sqlite3_db_status(inbox.database().handle(), SQLITE_DBSTATUS_CACHE_USED, &bytes, &most, 0);
    return bytes;
  };
  const auto minutes_pass = [&] {
    for (int i = 0; i < 3; ++i, clock.advance(1min)) driver.turn();
  };
  minutes_pass();
  std::vector<inbox::Arrival> pushed(100);
  for (std::size_t i = 0; i < pushed.size(); ++i) {
    pushed[i].source = inbox::Source::push;
    pushed[i].json = std::string(10'000, 'x');
    pushed[i].fingerprint = std::string(31, 'f') + static_cast<char>(i);
    pushed[i].received_at = clock.utc();
  }
  inbox.save(pushed);
  const int working = held();
  CHECK(working > 500'000);
  minutes_pass();
  CHECK(held() < working / 2);
}
