// What an operator reads of failures: the driver tells each, the log sums them up.
#include "relay/played.h"

#include <algorithm>
#include <catch2/catch.hpp>

namespace {

using namespace std::chrono_literals;
using Catch::Contains;
using played::event;
using played::reply;

struct Told : played::Daemon {
  static constexpr const char* failing =
      R"({"Response":{"Error":{"Code":"InternalError","Message":"m"},"RequestId":"r-1"}})";

  // Every pull gets this answer, every confirm its consent, for so long.
  void serve(const std::string& answer, std::chrono::seconds time) {
    for (auto left = std::chrono::milliseconds(time); left > 0ms; left -= 100ms) {
      driver.turn();
      for (; answered < transport.count(); ++answered) {
        const bool pull = transport.header(answered + 1, "X-TC-Action") == "PullEvents";
        transport.reply(answered + 1, pull ? answer : played::ok);
      }
      driver.turn();
      clock.advance(100ms);
      log.tick();
    }
  }
  std::vector<std::string> told(const std::string& text) const {
    std::vector<std::string> found;
    std::copy_if(lines.begin(), lines.end(), std::back_inserter(found),
                 [&](const std::string& line) { return line.starts_with(text); });
    return found;
  }

  http::Transfer answered = 0;
};

}  // namespace

TEST_CASE_METHOD(Told, "a pull that fails for minutes is told at once, then twice a minute") {
  serve(failing, 95s);
  const auto said = told("could not pull");
  REQUIRE(said.size() == 4);
  CHECK_THAT(said[0], Catch::StartsWith("could not pull error_class=transient "
                                        "error_code=InternalError message=m request_id=r-1 "
                                        "attempt=1 backoff_ms=") &&
                          Contains(" advice=\"The service or the network has trouble"));
  CHECK_THAT(said[1], Contains(" repeated=") && Catch::EndsWith(" since_s=30"));
  serve(reply(event("h1", "t1")), 25s);
  CHECK(told("could not pull").size() == 4);  // what was counted since is dropped
  const auto end = told("pulled again");
  REQUIRE(end.size() == 1);
  CHECK_THAT(end[0], Contains("after_s=") &&
                         Contains("attempts=" + std::to_string(machine.counters().failed_pulls)));
}

TEST_CASE_METHOD(Told, "an end that comes within a second does not say that it took none") {
  driver.turn();
  transport.reply(1, failing);
  driver.turn();
  driver.retry_now();
  driver.turn();
  transport.reply(2, reply(event("h1", "t1")));
  driver.turn();
  CHECK(told("pulled again") == std::vector<std::string>{"pulled again after_s=1 attempts=1"});
}

TEST_CASE_METHOD(Told, "a store that fails tells its code, its errno and what to do, and its end") {
  driver.turn();
  transport.reply(1, reply(event("h1", "t1")));
  inbox.database().busy_timeout_ms(1);
  sqlite::Database person(*folder / "events.db", sqlite::Database::Mode::read_write);
  person.run("BEGIN IMMEDIATE");
  for (int i = 0; i < 3; ++i) {
    driver.turn();
    clock.advance(1s);
  }
  const auto said = told("could not store");
  REQUIRE(said.size() == 1);
  CHECK_THAT(said[0], Contains("error_code=SQLITE_BUSY attempt=1 backoff_ms=") &&
                          Contains("advice=\"Another program holds the database's lock"));
  person.run("COMMIT");
  clock.advance(20s);
  driver.turn();
  REQUIRE(told("stored again").size() == 1);
  CHECK_THAT(told("stored again")[0], Contains("attempts="));
}

TEST_CASE_METHOD(Told, "a quarantine names the event, sixteen one by one and then in sum") {
  std::string events;
  for (int i = 0; i < 40; ++i)
    events += (i > 0 ? "," : "") + std::string(R"({"EventHandle":"q)") + std::to_string(i) +
              R"(","EventType":"Odd","x":NaN})";
  driver.turn();
  transport.reply(1, reply(events));
  driver.turn();
  const auto said = told("quarantined");
  REQUIRE(said.size() == 16);
  CHECK_THAT(said[0], Contains(" event_handle=q0") && Contains(" request_id=pull-1"));
  clock.advance(30s);
  log.tick();
  REQUIRE(told("quarantined").size() == 17);
  CHECK_THAT(told("quarantined").back(), Catch::EndsWith(" repeated=24 since_s=30"));
}
