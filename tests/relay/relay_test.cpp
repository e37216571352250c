// The way of events through the machine: pull, save, confirm, and the end.
#include "relay/machine.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

namespace {

using namespace std::chrono_literals;
using played::failure;
using played::Machine;
using relay::Confirm;
using relay::Notice;
using relay::Pull;
using relay::Relay;

}  // namespace

TEST_CASE("nothing is confirmed before it was saved, and then at once, 16 at a time") {
  Machine m;
  m.arrive(*m.pull(), 16);
  CHECK_FALSE(m.confirm());
  m.save();
  const auto confirm = m.confirm();
  REQUIRE(confirm);
  CHECK(confirm->handles.size() == 16);
  CHECK(confirm->handles.front() == "h1");
}

TEST_CASE("a pull does not wait for a confirm") {
  Machine m;
  m.arrive(*m.pull(), 3);
  m.save();
  REQUIRE(m.confirm());
  CHECK(m.pull());
}

TEST_CASE(
    "one long poll while idle; more after each full reply; one less after each held in vain") {
  Machine m;
  const auto ticket = m.pull();
  REQUIRE(ticket);
  CHECK_FALSE(m.pull());
  m.arrive(*ticket, 16);
  m.save();
  REQUIRE(m.confirm());
  std::vector<relay::Ticket> held;
  while (const auto next = m.pull()) held.push_back(*next);
  CHECK(held.size() > 1);
  m.now += 5s;
  while (!held.empty()) {
    CHECK_FALSE(m.pull());
    m.relay.pulled(held.back(), {.arrivals = {}, .remark = {}, .first_byte = m.now}, m.now);
    held.pop_back();
  }
  CHECK(m.pulls() == 1);
}

TEST_CASE("an empty reply that was not held leaves one pull") {
  Machine m;
  m.arrive(*m.pull(), 16);
  m.save();
  REQUIRE(m.confirm());
  const auto first = m.pull();
  const auto second = m.pull();
  REQUIRE(second);
  m.relay.pulled(*first, {.arrivals = {}, .remark = {}, .first_byte = m.now}, m.now);
  m.now += 1s;
  CHECK_FALSE(m.pull());
  m.relay.pulled(*second, {.arrivals = {}, .remark = {}, .first_byte = m.now}, m.now);
  CHECK(m.pulls() == 1);
}

TEST_CASE("a lease that has run out is not confirmed but awaited") {
  Machine m;
  m.arrive(*m.pull(), 2);
  m.now += vod::lease - vod::lease_margin;
  m.save();
  CHECK_FALSE(m.confirm());
  CHECK(m.notices() == std::vector{Notice::Kind::given_up});
}

TEST_CASE("a refused batch is split until the handle to blame stands alone") {
  Machine m;
  m.arrive(*m.pull(), 16);
  m.save();
  std::vector<std::string> confirmed;
  for (int calls = 0; m.relay.confirms_pending(); ++calls) {
    REQUIRE(calls < 40);
    const auto confirm = m.confirm();
    if (!confirm) {
      m.now += 20ms;  // the rate limit
      continue;
    }
    const auto& handles = confirm->handles;
    if (std::find(handles.begin(), handles.end(), "h5") != handles.end()) {
      m.relay.confirm_failed(confirm->ticket, failure(vod::ErrorClass::handle_refused), m.now);
    } else {
      confirmed.insert(confirmed.end(), handles.begin(), handles.end());
      m.relay.confirmed(confirm->ticket, m.now);
    }
  }
  CHECK(confirmed.size() == 15);
  CHECK(m.relay.counters().refused == 1);
  m.now += 1s;
  m.pulls();
  CHECK(m.notices() == std::vector{Notice::Kind::given_up});
}

TEST_CASE("a confirm that failed in passing is sent again within its lease, and no later") {
  Machine m;
  m.arrive(*m.pull(), 4);
  m.save();
  const base::Instant end = m.now + vod::lease;
  int tries = 0;
  while (m.relay.confirms_pending()) {
    if (const auto confirm = m.confirm()) {
      ++tries;
      CHECK(confirm->handles.size() == 4);
      REQUIRE(m.now < end - vod::lease_margin);
      m.relay.confirm_failed(confirm->ticket, failure(vod::ErrorClass::transient), m.now);
    }
    m.now += 50ms;
  }
  CHECK(tries >= 3);
  CHECK(m.now <= end + 1s);
}

TEST_CASE("confirms that are accepted again are told with how many were not") {
  Machine m;
  m.arrive(*m.pull(), 4);
  m.save();
  for (int failures = 0; failures < 3; m.now += 50ms) {
    const auto confirm = m.confirm();
    if (!confirm) continue;
    m.relay.confirm_failed(confirm->ticket, failure(vod::ErrorClass::transient), m.now);
    ++failures;
  }
  m.relay.take_notices();
  std::optional<Confirm> confirm;
  for (; !(confirm = m.confirm()); m.now += 50ms) REQUIRE(m.now < base::Instant(1h) + 30s);
  m.relay.confirmed(confirm->ticket, m.now);
  const auto notices = m.relay.take_notices();
  REQUIRE(notices.size() == 1);
  CHECK(notices[0].kind == Notice::Kind::confirm_recovered);
  CHECK(notices[0].attempts == 3);
}

TEST_CASE("earliest leases are confirmed first") {
  Machine m;
  const auto first = m.pull();
  m.arrive(*first, 16);
  const auto late = m.pull();
  REQUIRE(late);
  m.now += 5s;
  m.save();
  m.arrive(*late, 16);
  m.save();
  CHECK(m.confirm()->handles.front() == "h1");
  CHECK(m.confirm()->handles.front() == "h17");
}

TEST_CASE("while the store fails nothing is pulled or confirmed, and it goes on by itself") {
  Machine m;
  m.arrive(*m.pull(), 16);
  m.relay.save_failed({.error = "disk full", .code = "SQLITE_FULL"}, m.now);
  CHECK_FALSE(m.pull());
  CHECK_FALSE(m.relay.save_due(m.now));
  m.now += 20s;
  CHECK(m.relay.save_due(m.now));
  m.relay.save_failed({.error = "disk full", .code = "SQLITE_FULL"}, m.now);
  m.now += 20s;
  CHECK(m.relay.to_save(m.now).empty());  // their leases are over: they come again
  CHECK(m.relay.counters().abandoned == 16);
  m.save();
  CHECK(m.pull());
  CHECK(m.notices() == std::vector{Notice::Kind::store_failed, Notice::Kind::store_failed,
                                   Notice::Kind::store_recovered});
}

TEST_CASE("what is held between pull and confirm is bounded") {
  Machine m;
  for (int round = 0; round < 2000; ++round) {
    while (const auto ticket = m.pull()) m.arrive(*ticket, 16);
    m.now += 10ms;
  }
  CHECK(m.events <= static_cast<int>(relay::Confirms::window_max));
  CHECK(m.relay.wake_at(m.now) <= m.now);  // it waits for the save
  m.save();
  m.now += 1s;
  CHECK(m.confirm());
}

TEST_CASE("when handles are refused fewer are held, so that confirms never fall behind for ever") {
  Machine m;
  // A service whose leases end after 2 s, not 30, and that loses a handle of each reply.
  std::map<std::string, base::Instant> ends;
  std::size_t confirmed = 0;
  const base::Instant start = m.now;
  while (m.now < start + 120s) {
    for (;;) {
      const auto operation = m.relay.next(m.now);
      if (const auto* pull = std::get_if<Pull>(&operation)) {
        m.arrive(pull->ticket, 16);
        for (int i = 0; i < 16; ++i)
          ends["h" + std::to_string(m.events - i)] = i == 7 ? m.now : m.now + 2s;
      } else if (const auto* confirm = std::get_if<Confirm>(&operation)) {
        const bool good = std::all_of(confirm->handles.begin(), confirm->handles.end(),
                                      [&](const std::string& h) { return ends[h] > m.now; });
        if (good) confirmed += confirm->handles.size();
        if (good)
          m.relay.confirmed(confirm->ticket, m.now);
        else
          m.relay.confirm_failed(confirm->ticket, failure(vod::ErrorClass::handle_refused), m.now);
      } else {
        break;
      }
    }
    if (m.relay.save_due(m.now)) m.save();
    m.now += 5ms;
  }
  CHECK(confirmed > static_cast<std::size_t>(m.events) * 9 / 10);
  CHECK(confirmed > 120 * 100);
}

TEST_CASE("stop lets the open poll end, confirms what came, and is bounded") {
  Machine m;
  const auto ticket = m.pull();
  m.relay.stop(m.now);
  CHECK_FALSE(m.relay.finished(m.now));
  SECTION("the poll brings events") {
    m.now += 4s;
    m.arrive(*ticket, 3);
    CHECK_FALSE(m.relay.finished(m.now));
    m.save();
    const auto confirm = m.confirm();
    REQUIRE(confirm);
    CHECK_FALSE(m.relay.finished(m.now));
    m.relay.confirmed(confirm->ticket, m.now);
    CHECK_FALSE(m.pull());
    CHECK(m.relay.finished(m.now));
  }
  SECTION("the poll never ends") {
    CHECK(m.relay.wake_at(m.now) == m.now + 6s);
    m.now += 6s;
    CHECK_FALSE(m.pull());
    CHECK(m.relay.finished(m.now));
    CHECK(m.notices() == std::vector{Notice::Kind::stranded});
    m.arrive(*ticket, 3);  // too late: it is let go
    CHECK_FALSE(m.relay.save_due(m.now));
  }
  SECTION("the confirm never ends") {
    m.arrive(*ticket, 3);
    m.save();
    m.confirm();
    m.now += 9s;
    CHECK(m.relay.finished(m.now));
  }
}

TEST_CASE("drain finishes at an empty reply, when nothing is under way or awaited") {
  Machine m({.pulls = {}, .confirms = {}, .drain = true});
  m.arrive(*m.pull(), 1);
  m.save();
  const auto confirm = m.confirm();
  const auto ticket = m.pull();
  m.now += 5s;
  m.relay.pulled(*ticket, {}, m.now);
  CHECK_FALSE(m.relay.finished(m.now));
  m.relay.confirm_failed(confirm->ticket, failure(vod::ErrorClass::handle_refused), m.now);
  for (int i = 0; !m.relay.finished(m.now); ++i) {
    REQUIRE(i < 20);
    const auto next = m.pull();
    REQUIRE(next);
    m.now += 5s;
    m.relay.pulled(*next, {}, m.now);
  }
  CHECK(m.now - base::Instant(1h) >= vod::lease);  // it waited for the redelivery
}

TEST_CASE("while confirms are refused for a reason to be mended, no more is pulled; a drain ends") {
  const bool drain = GENERATE(true, false);
  Machine m({.pulls = {}, .confirms = {}, .drain = drain});
  m.arrive(*m.pull(), 16);
  m.save();
  for (int i = 0; i < 2; ++i) {
    std::optional<Confirm> confirm;
    for (int wait = 0; !(confirm = m.confirm()); ++wait) {
      REQUIRE(wait < 100);
      m.now += 100ms;
    }
    m.relay.confirm_failed(confirm->ticket, failure(vod::ErrorClass::permission), m.now);
  }
  m.now += 5s;
  CHECK_FALSE(m.pull());
  CHECK(m.relay.wake_at(m.now) > m.now + 50s);
  CHECK(m.notices() == std::vector(2, Notice::Kind::confirm_failed));
  if (drain) CHECK(m.relay.end() == Relay::End::unavailable);
  m.now += 60s;
  m.confirm();  // the leases are over by now
  CHECK_FALSE(m.relay.confirms_pending());
}

TEST_CASE("drain waits for the events of a reply that was lost") {
  const bool lost = GENERATE(true, false);
  Machine m({.pulls = {}, .confirms = {}, .drain = true});
  vod::Failure reset = failure(vod::ErrorClass::transient);
  reset.outcome_unknown = lost;
  m.relay.pull_failed(*m.pull(), reset, m.now);
  const base::Instant start = m.now;
  while (!m.relay.finished(m.now)) {
    if (const auto ticket = m.pull())
      m.relay.pulled(*ticket, {.arrivals = {}, .remark = {}, .first_byte = m.now}, m.now);
    m.now += 100ms;
    REQUIRE(m.now < start + 60s);
  }
  CHECK((m.now - start >= vod::lease) == lost);
}

TEST_CASE("drain gives up when the key is wrong, run does not") {
  const bool drain = GENERATE(true, false);
  Machine m({.pulls = {}, .confirms = {}, .drain = drain});
  m.relay.pull_failed(*m.pull(), failure(vod::ErrorClass::credential), m.now);
  CHECK(m.relay.finished(m.now) == drain);
  if (drain) CHECK(m.relay.end() == Relay::End::unavailable);
}

TEST_CASE("after the cause has gone, a confirm that had to wait for a person leaves at once") {
  Machine m;
  m.arrive(*m.pull(), 16);
  m.save();
  for (int i = 0; i < 2; ++i) {
    const auto confirm = m.confirm();
    REQUIRE(confirm);
    m.relay.confirm_failed(confirm->ticket, failure(vod::ErrorClass::credential), m.now);
    m.now += 200ms;
  }
  CHECK_FALSE(m.confirm());
  m.relay.retry_now(m.now);
  CHECK(m.confirm());
}

TEST_CASE("a handle that came twice in a reply is confirmed once") {
  Machine m;
  m.arrive(*m.pull(), 3);
  --m.events;
  m.arrive(*m.pull(), 1);  // h3 once more
  m.save();
  const auto confirm = m.confirm();
  REQUIRE(confirm);
  CHECK(confirm->handles == std::vector<std::string>{"h1", "h2", "h3"});
  m.relay.confirmed(confirm->ticket, m.now);
  CHECK_FALSE(m.relay.confirms_pending());
}
