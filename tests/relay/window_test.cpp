// How many pulls are under way, and what that does for speed and for latency.
#include "relay/service.h"

#include <catch2/catch.hpp>
#include <functional>
#include <random>
#include <vector>

namespace {

using namespace std::chrono_literals;
using played::percentile;
using played::Service;
using relay::Relay;

// Independent of each other, so many a second on average.
std::function<void()> at_random(Service& service, double per_s) {
  return [&service, random = std::mt19937_64(1),
          ms = std::poisson_distribution<std::size_t>(per_s / 1000)]() mutable {
    service.arrive(ms(random));
  };
}

}  // namespace

TEST_CASE("a backlog is worked off at the service's limit, at any distance") {
  Service service;
  service.round_trip = GENERATE(0ms, 1ms, 50ms, 200ms, 300ms);
  CAPTURE(service.round_trip.count());
  service.arrive(60'000);
  service.play(5s);
  service.confirmed.clear();
  service.play(20s);
  CHECK(service.confirmed.size() >= 20 * 1600 * 95 / 100);
  CHECK(service.throttled == 0);
  CHECK(service.leases_ended == 0);
}

TEST_CASE("a backlog is at full speed after a few round trips") {
  Service service;
  service.round_trip = 300ms;
  service.arrive(60'000);
  service.play(1200ms);
  const std::size_t before = service.waited.size();
  service.play(1s);
  CHECK(service.waited.size() - before >= 1500);
}

TEST_CASE("while events come, a pull waits for them at the service") {
  Service service;
  service.round_trip = 50ms;
  SECTION("a few") {
    const auto arrivals = at_random(service, 5);
    service.play(20s, arrivals);
    service.waited.clear(), service.confirmed.clear();
    service.play(200s, arrivals);
    CHECK(percentile(service.waited, 99) <= 1ms);
    CHECK(percentile(service.confirmed, 99) <= 50ms + 3ms);
  }
  SECTION("many more than there may be pulls") {
    const auto arrivals = at_random(service, 800);
    service.play(5s, arrivals);
    service.waited.clear(), service.confirmed.clear();
    service.play(30s, arrivals);
    CHECK(percentile(service.waited, 99) <= 12ms);
    CHECK(percentile(service.confirmed, 99) <= 50ms + 20ms);
    CHECK(service.throttled == 0);
  }
}

TEST_CASE("when nothing comes any more one long poll is left after a hold or two") {
  Service service;
  service.round_trip = 50ms;
  const double per_s = GENERATE(1.0, 20.0, 800.0, 3000.0);
  CAPTURE(per_s);
  service.play(10s, at_random(service, per_s));
  service.play(40s);
  CHECK(service.confirmed.size() == service.waited.size());
  std::size_t most = 0;
  service.play(30s, [&] { most = std::max(most, service.m.relay.pulls_in_flight()); });
  CHECK(most == 1);
}

TEST_CASE("with a backlog several replies share a save, a trickle is saved at once") {
  Service service;
  service.round_trip = GENERATE(0ms, 100ms);
  SECTION("a backlog") {
    service.arrive(60'000);
    service.play(5s);
    service.saves = 0;
    service.play(10s);
    CHECK(service.saves <= 50);
    CHECK(service.saves >= 10);
  }
  SECTION("a trickle") {
    service.play(1s);
    for (int i = 0; i < 20; ++i) {
      service.arrive(1);
      service.play(1s);
    }
    CHECK(service.saves == 20);
    CHECK(percentile(service.confirmed, 100) <= service.round_trip + 3ms);
  }
}

TEST_CASE("what a save gathers has its bounds") {
  played::Machine m;
  m.arrive(*m.pull(), 16);
  m.save();
  REQUIRE(m.confirm());
  std::vector<relay::Ticket> pulls;
  while (const auto ticket = m.pull()) pulls.push_back(*ticket);
  REQUIRE(pulls.size() >= 3);
  m.arrive(pulls[0], 16);
  const base::Instant arrived = m.now;
  REQUIRE_FALSE(m.relay.save_due(m.now));
  SECTION("in time") {
    CHECK(m.relay.wake_at(m.now) <= arrived + Relay::gather_max);
    m.now += Relay::gather_max - 1ms;
    CHECK_FALSE(m.relay.save_due(m.now));
    m.now += 1ms;
  }
  SECTION("in events") { m.arrive(pulls[1], Relay::gather_events_max); }
  SECTION("in bytes") { m.arrive(pulls[1], 16, Relay::gather_bytes_max / 16); }
  SECTION("by a reply that is not full") { m.arrive(pulls[1], 15); }
  SECTION("by one that fails") {
    m.relay.pull_failed(pulls[1], played::failure(vod::ErrorClass::transient), m.now);
  }
  SECTION("by one that is empty") {
    m.relay.pulled(pulls[1], {.arrivals = {}, .remark = {}, .first_byte = m.now}, m.now);
  }
  SECTION("by the end") { m.relay.stop(m.now); }
  CHECK(m.relay.save_due(m.now));
}

TEST_CASE("with a backlog requests leave a few at a time, a trickle's at once") {
  Service service;
  service.round_trip = GENERATE(0ms, 50ms, 200ms);
  CAPTURE(service.round_trip.count());
  service.arrive(60'000);
  service.play(5s);
  service.turns_with_requests = 0;
  service.confirmed.clear();
  service.play(10s);
  CHECK(service.confirmed.size() >= 10 * 1600 * 95 / 100);
  CHECK(service.turns_with_requests <= 450);  // for 970 of each action
}

TEST_CASE("however slow the way to a confirm is, no more is pulled than it can take in a lease") {
  Service service;
  SECTION("a store that takes half a lease") { service.save_takes = 16s; }
  SECTION("confirms that take long") { service.confirm_takes = 8s; }
  SECTION("confirms that are allowed seldom") { service.confirms_per_s = 3; }
  service.arrive(30'000);
  service.play(60s);  // it has to find out
  service.leases_ended = service.refused = 0;
  service.confirmed.clear();
  service.play(300s);
  CHECK(service.leases_ended == 0);
  CHECK(service.refused == 0);
  CHECK(service.confirmed.size() >= 10 * 16);
}

// The machine does not know that leases are that short: it has to find out by what is refused.
TEST_CASE("a disk that takes a second, with leases of two, is no livelock") {
  Service service;
  service.round_trip = 20ms;
  service.save_takes = 1s;
  service.lease = 2s;
  service.arrive(30'000);
  service.play(60s);
  service.confirmed.clear();
  service.play(60s);
  CHECK(service.confirmed.size() >= 60 * 10);
}
