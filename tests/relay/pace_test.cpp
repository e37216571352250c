// How fast the machine pulls and confirms, and how often it speaks.
#include "relay/machine.h"

#include <catch2/catch.hpp>
#include <functional>

namespace {

using namespace std::chrono_literals;
using played::failure;
using played::Machine;
using relay::Confirm;
using relay::Notice;
using relay::Pull;
using relay::Relay;

// Until then every confirm succeeds, and `answer` says what becomes of a pull.
void play(Machine& m, base::Instant until, const std::function<void(relay::Ticket)>& answer) {
  for (; m.now < until; m.now += 1ms) {
    auto operation = m.relay.next(m.now);
    for (; operation.index() > 0; operation = m.relay.next(m.now)) {
      if (const auto* pull = std::get_if<Pull>(&operation))
        answer(pull->ticket);
      else
        m.relay.confirmed(std::get<Confirm>(operation).ticket, m.now);
    }
  }
}

// A reply with the events of these numbers, which the inbox knows already.
void come_again(Machine& m, relay::Ticket ticket, int from) {
  relay::Pulled result;
  result.first_byte = m.now;
  for (int i = from; i < from + 16; ++i) {
    inbox::Arrival arrival;
    arrival.handle = arrival.fingerprint = std::to_string(i);
    arrival.json = "{}";
    result.arrivals.push_back(std::move(arrival));
  }
  m.relay.pulled(ticket, std::move(result), m.now);
  inbox::SaveResult saved;
  saved.outcomes.assign(m.relay.to_save(m.now).size(), inbox::Outcome::redelivered);
  m.relay.saved(saved, m.now);
}

}  // namespace

TEST_CASE("an empty answer without the hold is paced to one a second, one after it is not") {
  Machine m;
  auto ticket = m.pull();
  m.now += 5s;
  m.relay.pulled(*ticket, {}, m.now);
  ticket = m.pull();
  REQUIRE(ticket);
  m.now += 10ms;
  m.relay.pulled(*ticket, {}, m.now);
  CHECK_FALSE(m.pull());
  CHECK(m.relay.wake_at(m.now) <= m.now + 990ms);
  m.now += 990ms;
  CHECK(m.pull());
  CHECK(m.notices().empty());
}

TEST_CASE("with no pulls allowed none starts, until some are") {
  relay::Relay::Settings settings;
  settings.pulls.in_flight_max = 0;
  Machine m(settings);
  for (int i = 0; i < 10; ++i, m.now += 1min) CHECK(m.relay.next(m.now).index() == 0);
  CHECK_FALSE(m.relay.pulling());
  CHECK(m.relay.wake_at(m.now) == base::Instant::max());
  CHECK_FALSE(m.relay.finished(m.now));
  m.relay.pace(4, 0ms);
  CHECK(m.relay.pulling());
  CHECK(m.relay.wake_at(m.now) <= m.now);
  const auto ticket = m.pull();
  REQUIRE(ticket);
  m.relay.pace(0, 0ms);
  m.arrive(*ticket, 16);
  m.save();
  REQUIRE(m.confirm());  // what was pulled before is brought to its end
  CHECK_FALSE(m.pull());
  m.relay.pace(4, 0ms);
  CHECK(m.pull());
  m.relay.pace(0, 0ms);
  m.relay.stop(m.now);
  m.now += Relay::stop_max;
  CHECK(m.relay.finished(m.now));
}

TEST_CASE("as many confirms as pulls may be in flight, also after a reload") {
  relay::Relay::Settings settings;
  settings.pulls.in_flight_max = GENERATE(std::size_t{0}, std::size_t{1});
  Machine m(settings);
  m.relay.pace(32, 0ms);
  for (int i = 0; i < 4; ++i) {
    const auto ticket = m.pull();
    REQUIRE(ticket);
    m.arrive(*ticket, 16);
  }
  m.save();
  std::size_t confirms = 0;
  for (; confirms < 10; ++confirms) {
    const auto operation = m.relay.next(m.now);
    if (!std::holds_alternative<relay::Confirm>(operation)) break;
  }
  CHECK(confirms == 4);
}

TEST_CASE("a not-found that keeps coming at once is told from the fifth on") {
  Machine m;
  for (int i = 0; i < 20; ++i) {
    const auto ticket = m.pull();
    REQUIRE(ticket);
    m.relay.pulled(*ticket, {.arrivals = {}, .remark = "application unknown", .first_byte = m.now},
                   m.now);
    m.now += 1s;
  }
  CHECK(m.notices() == std::vector(16, Notice::Kind::suspicious_idle));
}

TEST_CASE("an interval spaces pulls out") {
  Machine m({.pulls = {.interval = 60s}, .confirms = {}});
  m.arrive(*m.pull(), 16);
  CHECK_FALSE(m.pull());
  m.now += 59s;
  m.save();
  CHECK_FALSE(m.pull());
  m.now += 1s;
  CHECK(m.pull());
}

TEST_CASE("every class of failure has its own pace") {
  const auto [error_class, least, most] =
      GENERATE(table<vod::ErrorClass, std::chrono::milliseconds, std::chrono::milliseconds>(
          {{vod::ErrorClass::transient, 100ms, 200ms},
           {vod::ErrorClass::throttled, 200ms, 300ms},
           {vod::ErrorClass::clock_skew, 60s, 60s},
           {vod::ErrorClass::credential, 60s, 60s},
           {vod::ErrorClass::permission, 60s, 60s},
           {vod::ErrorClass::configuration, 60s, 60s}}));
  Machine m;
  m.relay.pull_failed(*m.pull(), failure(error_class), m.now);
  m.now += least - 1ms;
  CHECK_FALSE(m.pull());
  m.now += most - least + 1ms;
  CHECK(m.pull());
}

TEST_CASE("repeated failures wait longer, never beyond 20 s, and are numbered") {
  Machine m;
  for (int i = 0; i < 50; ++i) {
    std::optional<relay::Ticket> ticket;
    for (int wait = 0; !(ticket = m.pull()); ++wait) {
      REQUIRE(wait <= 210);
      m.now += 100ms;
    }
    m.relay.pull_failed(*ticket, failure(vod::ErrorClass::transient), m.now);
  }
  const base::Instant start = m.now;
  m.now += 20s;
  m.arrive(*m.pull(), 1);
  const auto notices = m.relay.take_notices();
  REQUIRE(notices.size() == 51);
  for (std::size_t i = 0; i < 50; ++i) {
    CHECK(notices[i].kind == Notice::Kind::unreachable);
    CHECK(notices[i].attempts == static_cast<int>(i) + 1);
    CHECK(notices[i].wait >= 100ms);
    CHECK(notices[i].wait <= 20s);
  }
  CHECK(notices.back().kind == Notice::Kind::reachable);
  CHECK(notices.back().attempts == 50);
  CHECK(notices.back().lasted >= m.now - start);
}

TEST_CASE("Retry-After is heeded up to a minute") {
  Machine m;
  vod::Failure throttled = failure(vod::ErrorClass::throttled);
  throttled.retry_after = 3600s;
  m.relay.pull_failed(*m.pull(), throttled, m.now);
  m.now += 59s;
  CHECK_FALSE(m.pull());
  m.now += 1s;
  CHECK(m.pull());
}

TEST_CASE("pulls keep to 100 a second") {
  Machine m;
  int pulls = 0;
  play(m, m.now + 10s, [&](relay::Ticket ticket) { ++pulls, m.arrive(ticket, 16), m.save(); });
  CHECK(pulls <= 1000);
  CHECK(pulls >= 950);
}

TEST_CASE("being throttled for less than 30 s is no news, for longer it is") {
  Machine m;
  const base::Instant start = m.now;
  std::size_t told = 0;
  while (m.now < start + 40s) {
    if (const auto ticket = m.pull()) {
      m.relay.pull_failed(*ticket, failure(vod::ErrorClass::throttled), m.now);
      told += m.relay.take_notices().size();
      CHECK((told == 0) == (m.now < start + 30s));
    }
    m.now += 100ms;
  }
  CHECK(told > 0);
}

TEST_CASE("being throttled spends nothing of the backoff, of neither action") {
  Machine m;
  const bool confirms = GENERATE(false, true);
  if (confirms) m.arrive(*m.pull(), 1), m.save();
  const auto fail = [&](vod::ErrorClass error_class) {
    for (auto operation = m.relay.next(m.now);; m.now += 1ms, operation = m.relay.next(m.now)) {
      const auto* pull = std::get_if<Pull>(&operation);
      const auto* confirm = std::get_if<Confirm>(&operation);
      if (pull && !confirms) return m.relay.pull_failed(pull->ticket, failure(error_class), m.now);
      if (confirm) return m.relay.confirm_failed(confirm->ticket, failure(error_class), m.now);
    }
  };
  const base::Instant start = m.now;
  for (int i = 0; i < 10; ++i) fail(vod::ErrorClass::throttled);
  CHECK(m.now - start < 10s);
  CHECK(m.notices().empty());
  fail(vod::ErrorClass::transient);
  const auto notices = m.relay.take_notices();
  REQUIRE(notices.size() == 1);
  CHECK(notices[0].wait <= 200ms);
}

TEST_CASE("a not-found that speaks of events is an empty queue, however fast it comes") {
  Machine m;
  for (int i = 0; i < 20; ++i) {
    const auto ticket = m.pull();
    REQUIRE(ticket);
    m.relay.pulled(*ticket, {.arrivals = {}, .remark = "There is no event.", .first_byte = m.now},
                   m.now);
    m.now += 1s;
  }
  CHECK(m.notices().empty());
}

TEST_CASE("a service that gives the same events again and again is asked once a second") {
  Machine m;
  int pulls = 0;
  play(m, m.now + 60s, [&](relay::Ticket ticket) { ++pulls, come_again(m, ticket, 0); });
  CHECK(pulls <= 75);
  CHECK(pulls >= 55);
  SECTION("and as fast as ever once there is news") {
    pulls = 0;
    play(m, m.now + 2s, [&](relay::Ticket ticket) { ++pulls, m.arrive(ticket, 16), m.save(); });
    CHECK(pulls >= 100);
  }
}

TEST_CASE("events that each come again once are taken at full speed") {
  Machine m;
  int pulls = 0;
  play(m, m.now + 10s, [&](relay::Ticket ticket) { come_again(m, ticket, 16 * pulls++); });
  CHECK(pulls >= 950);
}

TEST_CASE("events that come again whenever their lease is over are not taken for a circle") {
  Machine m;
  for (int lease = 0; lease < 10; ++lease) {
    int pulls = 0;
    play(m, m.now + 1s, [&](relay::Ticket ticket) {
      come_again(m, ticket, 16 * pulls);
      ++pulls;
    });
    CHECK(pulls >= 95);
    m.now += vod::lease;
  }
}
