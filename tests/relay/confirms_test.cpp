// Confirms by itself: what one that failed waits for.
#include "relay/confirms.h"

#include <catch2/catch.hpp>
#include <random>

using namespace std::chrono_literals;

TEST_CASE("a Retry-After is obeyed, but for the last seconds of the lease") {
  const base::Instant start{1h};
  std::mt19937_64 random(1);
  relay::Confirms confirms({}, start);
  confirms.add("h1", start + 28s);
  REQUIRE(confirms.next(1, start));
  vod::Failure failure;
  failure.error_class = vod::ErrorClass::throttled;
  SECTION("a short one") {
    failure.retry_after = 10s;
    confirms.failed(1, failure, start, random);
    CHECK_FALSE(confirms.next(2, start + 9s));
    CHECK(confirms.next(2, start + 10s));
  }
  SECTION("one beyond the lease") {
    failure.retry_after = 60s;
    confirms.failed(1, failure, start, random);
    CHECK_FALSE(confirms.next(2, start + 25s));
    CHECK(confirms.next(2, start + 26s));
    CHECK(confirms.expired() == 0);
  }
}
