// How many pulls are under way, and what that does for speed and for latency.
#include "relay/service.h"

#include <catch2/catch.hpp>
#include <functional>
#include <random>

namespace {

using namespace std::chrono_literals;
using played::percentile;
using played::Service;

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
  CHECK(service.redelivered == 0);
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
