// The relay joined to a real inbox, over a network that the test plays.
#include "relay/driver.h"

#include "support/fake_clock.h"
#include "support/scripted_transport.h"
#include "support/temp_folder.h"

#include <catch2/catch.hpp>

namespace {

using namespace std::chrono_literals;

std::string event(const std::string& handle, const std::string& task) {
  return R"({"EventHandle":")" + handle +
         R"(","EventType":"ConcatComplete","ConcatCompleteEvent":{"TaskId":")" + task + R"("}})";
}
std::string reply(const std::string& events) {
  return R"({"Response":{"EventSet":[)" + events + R"(],"RequestId":"pull-1"}})";
}
constexpr const char* ok = R"({"Response":{"RequestId":"confirm-1"}})";

struct Fixture {
  support::TempFolder folder;
  support::FakeClock clock;
  support::ScriptedTransport transport{clock};
  std::vector<std::string> lines;
  base::Log log{base::Level::debug, [this](auto, std::string_view message, auto fields) {
                  lines.push_back(base::line(message, fields));
                }};
  credentials::Source credentials{[this] {
    credentials::Settings settings;
    settings.secret_id = "id";
    settings.secret_key_file = folder.write("key", "secret");
    return settings;
  }()};
  vod::Client client{{}, transport, credentials, clock, log};
  inbox::Inbox inbox{folder / "events.db", {}, clock};
  relay::Relay machine{{}, 1, clock.now()};
  relay::Driver driver{machine, client, inbox, clock, log};

  std::int64_t number(const std::string& query) { return inbox.database().number(query); }
  // The requests of an action, by their numbers.
  std::vector<http::Transfer> calls(const std::string& action) {
    std::vector<http::Transfer> found;
    for (http::Transfer i = 1; i <= transport.count(); ++i)
      if (transport.header(i, "X-TC-Action") == action) found.push_back(i);
    return found;
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "an event goes from the reply to a confirmed row") {
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

TEST_CASE_METHOD(Fixture, "an odd element costs its neighbours nothing and is confirmed too") {
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

TEST_CASE_METHOD(Fixture, "while the database is locked nothing is confirmed; then all is") {
  inbox.database().busy_timeout_ms(1);
  sqlite::Database operator_s(folder / "events.db", sqlite::Database::Mode::read_write);
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
  CHECK(calls("PullEvents").size() == 2);
}

TEST_CASE_METHOD(Fixture, "a confirm without an answer is on record as unknown, and sent again") {
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

TEST_CASE_METHOD(Fixture, "secrets and payloads stay out of the log") {
  driver.turn();
  transport.reply(
      1, reply(event("h1", "payload-text") + ",{\"EventHandle\":\"h2\",\"payload-text\":}"));
  for (int i = 0; i < 3; ++i) driver.turn();
  CHECK_FALSE(lines.empty());
  for (const std::string& line : lines) {
    CHECK_THAT(line, !Catch::Contains("payload-text") && !Catch::Contains("secret"));
  }
}
