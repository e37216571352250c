// Faults 32 to 35: clocks that jump, stand still, or live beyond 2038.  A process cannot be made to
// see its clocks so without help from the kernel; here they are the test's.
#include "relay/played.h"

#include <catch2/catch.hpp>
#include <set>

namespace {

using namespace std::chrono_literals;
using played::event;
using played::ok;
using played::reply;

constexpr const char* skewed =
    R"({"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"m"},"RequestId":"r"}})";

struct Clocks : played::Daemon {
  // One event is stored, and its confirm on its way.
  http::Transfer store_and_confirm() {
    driver.turn();
    transport.reply(1, reply(event("h1", "t1")));
    driver.turn();
    driver.turn();
    REQUIRE(calls("ConfirmEvents").size() == 1);
    return calls("ConfirmEvents")[0];
  }
  void lose(http::Transfer transfer) {
    http::Response lost;
    lost.fault = http::Fault::timeout;
    transport.reply(transfer, std::move(lost));
  }
  std::chrono::sys_seconds timestamp(http::Transfer transfer) const {
    return std::chrono::sys_seconds(
        std::chrono::seconds(std::stoll(transport.header(transfer, "X-TC-Timestamp"))));
  }
  // The day that stands in the credential scope.
  std::string day(http::Transfer transfer) const {
    const std::string header = transport.header(transfer, "Authorization");
    const std::string id = "Credential=id/";
    return header.substr(header.find(id) + id.size(), 10);
  }
};

}  // namespace

TEST_CASE_METHOD(Clocks, "fault 32: a wall clock that jumps by a day changes no lease") {
  const auto jump = GENERATE(24h, -24h);
  const http::Transfer first = store_and_confirm();
  clock.jump_utc(jump);
  lose(first);
  driver.turn();
  clock.advance(3s);  // the back-off, well inside the lease
  driver.turn();
  REQUIRE(calls("ConfirmEvents").size() == 2);
  lose(calls("ConfirmEvents")[1]);
  driver.turn();
  clock.advance(25s);  // the lease is over, less its margin
  for (int i = 0; i < 3; ++i) driver.turn();
  CHECK(calls("ConfirmEvents").size() == 2);
}

TEST_CASE_METHOD(Clocks,
                 "fault 32: after a jump the service's time is learned, and rows keep order") {
  const auto jump = GENERATE(24h, -24h);
  const auto truth = std::chrono::floor<std::chrono::seconds>(clock.utc());
  const http::Transfer first = store_and_confirm();
  clock.jump_utc(jump);
  http::Response refused;
  refused.status = 200;
  refused.body = skewed;
  refused.date = truth;
  transport.reply(first, std::move(refused));
  driver.turn();
  REQUIRE(calls("ConfirmEvents").size() == 2);
  CHECK(timestamp(calls("ConfirmEvents")[1]) == truth);
  transport.reply(calls("ConfirmEvents")[1], ok);
  transport.reply(calls("PullEvents").at(1), reply(event("h2", "t2")));
  driver.turn();
  driver.turn();
  CHECK(number("SELECT count(*) FROM events WHERE confirmed_at IS NOT NULL") == 1);
  CHECK(number("SELECT (SELECT id FROM events WHERE task_id = 't2')"
               " > (SELECT id FROM events WHERE task_id = 't1')") == 1);
  CHECK(calls("ConfirmEvents").size() == 3);
}

TEST_CASE_METHOD(Clocks,
                 "fault 33: after a suspend no confirm is sent for leases that ended in it") {
  std::size_t confirms = 0;
  SECTION("while a confirm was under way") {
    confirms = 1;
    const http::Transfer first = store_and_confirm();
    clock.advance(10min);
    lose(first);
  }
  SECTION("while the reply waited to be read") {
    driver.turn();
    transport.reply(1, reply(event("h1", "t1")));
    clock.advance(10min);
  }
  for (int i = 0; i < 5; ++i) driver.turn();
  clock.advance(1min);
  for (int i = 0; i < 5; ++i) driver.turn();
  CHECK(number("SELECT count(*) FROM events WHERE confirmed_at IS NULL") == 1);
  REQUIRE(calls("ConfirmEvents").size() == confirms);
  transport.reply(calls("PullEvents").at(1), reply(event("h2", "t1")));
  driver.turn();
  driver.turn();
  REQUIRE(calls("ConfirmEvents").size() == confirms + 1);
  CHECK(transport.sent(calls("ConfirmEvents").back()).body == R"({"EventHandles":["h2"]})");
  CHECK(number("SELECT redelivery_of FROM events WHERE event_handle = 'h2'") == 1);
}

TEST_CASE_METHOD(Clocks,
                 "fault 34: the date of a signature is the day of its timestamp, at midnight too") {
  clock.jump_utc(-1s);  // the fixture's clock starts at midnight
  std::set<std::string> days;
  for (int i = 0; i < 20; ++i) {
    client.pull_events();
    const http::Transfer call = transport.count();
    const base::Utc signed_at = timestamp(call);
    CHECK(signed_at == std::chrono::floor<std::chrono::seconds>(clock.utc()));
    CHECK(day(call) == base::iso8601(signed_at).substr(0, 10));
    days.insert(day(call));
    clock.advance(100ms);
  }
  CHECK(days == std::set<std::string>{"2026-11-20", "2026-11-21"});
}

TEST_CASE_METHOD(Clocks, "fault 35: beyond 2038, and beyond 32 bits, nothing wraps") {
  using std::chrono::sys_days, std::chrono::year;
  const auto [then, text] = GENERATE(table<base::Utc, std::string>(
      {{sys_days(year(2038) / 1 / 19) + 3h + 14min + 7s + 999ms, "2038-01-19T03:14:07.999Z"},
       {sys_days(year(2038) / 1 / 19) + 3h + 14min + 8s, "2038-01-19T03:14:08.000Z"},
       {sys_days(year(2107) / 3 / 1), "2107-03-01T00:00:00.000Z"}}));
  clock.jump_utc(then - clock.utc());
  const http::Transfer confirm = store_and_confirm();
  CHECK(timestamp(confirm) == std::chrono::floor<std::chrono::seconds>(then));
  CHECK(day(confirm) == text.substr(0, 10));
  transport.reply(confirm, ok);
  driver.turn();
  CHECK(number("SELECT count(*) FROM events WHERE received_at = '" + text +
               "' AND stored_at = received_at AND confirmed_at = received_at") == 1);
  CHECK(number("SELECT julianday(received_at) > 2400000 FROM events") == 1);
}
