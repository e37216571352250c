// When the requests of one action leave.
#include "relay/rate.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstddef>
#include <random>
#include <vector>

namespace {

using namespace std::chrono_literals;
using relay::Rate;

constexpr double limit_per_s = 100;

struct Sender {
  base::Instant now{1h};
  Rate rate{limit_per_s, now};
  std::vector<base::Instant> sent{};

  std::size_t send_all() {
    std::size_t count = 0;
    for (; rate.ready(now) > 0; ++count) rate.sent(now), sent.push_back(now);
    return count;
  }
  std::size_t most_within(base::BootTime::duration window) const {
    std::size_t most = 0;
    for (auto first = sent.begin(); first != sent.end(); ++first) {
      const auto end = std::lower_bound(first, sent.end(), *first + window);
      most = std::max(most, static_cast<std::size_t>(end - first));
    }
    return most;
  }
};

// Counts as the service may: so many in a second that begins with the first request after the last.
struct Service {
  std::size_t limit;
  base::Instant window_end{};
  std::size_t seen = 0, refused = 0, admitted = 0;

  bool admit(base::Instant now) {
    if (now >= window_end) window_end = now + 1s, seen = 0;
    const bool good = ++seen <= limit;
    ++(good ? admitted : refused);
    return good;
  }
};

void play(Sender& sender, Service& service, base::BootTime::duration time) {
  for (const base::Instant end = sender.now + time; sender.now < end; sender.now += 1ms)
    for (std::size_t count = sender.send_all(); count > 0; --count) {
      if (service.admit(sender.now))
        sender.rate.admitted(sender.now);
      else
        sender.rate.refused(sender.now, sender.now);
    }
}

}  // namespace

TEST_CASE("however late the turns are, no window sees more than the limit") {
  Sender sender;
  std::mt19937_64 random(1);
  const auto late_ms = GENERATE(1, 30, 60, 300);
  CAPTURE(late_ms);
  const base::Instant start = sender.now;
  while (sender.now < start + 20s) {
    sender.send_all();
    sender.now += std::chrono::milliseconds(1 + random() % static_cast<unsigned>(late_ms));
  }
  CHECK(sender.most_within(Rate::window) <= 100);
  CHECK(Rate::window > 1s);
  if (late_ms <= 60) CHECK(sender.sent.size() >= 20 * 95);  // what a turn missed is made up for
}

TEST_CASE("after a pause only a few leave at once, and soon they are spaced evenly") {
  Sender sender;
  sender.now += 1min;
  CHECK(sender.send_all() <= 6);
  const base::Instant even = sender.now + 5s;
  base::BootTime::duration longest{};
  while (sender.now < even + 5s) {
    const base::Instant before = sender.sent.back();
    sender.now += 1ms;
    const std::size_t count = sender.send_all();
    CHECK(count <= 6);
    if (count == 0 || sender.now < even) continue;
    CHECK(count == 1);
    longest = std::max(longest, sender.now - before);
  }
  CHECK(longest > 0ms);
  CHECK(longest <= 12ms);
}

TEST_CASE("the moment that is told is the moment at which the next may leave") {
  Sender sender;
  const bool lowered = GENERATE(false, true);
  if (lowered) sender.rate.refused(sender.now, sender.now);
  for (int i = 0; i < 300; ++i) {
    sender.send_all();
    const base::Instant next = sender.rate.ready_at();
    REQUIRE(next > sender.now);
    REQUIRE(next <= sender.now + 1020ms);
    sender.now = next;
    REQUIRE(sender.rate.ready(sender.now) > 0);
  }
}

TEST_CASE("a service that allows what it says never refuses; one that allows less seldom does") {
  const std::size_t limit = GENERATE(100u, 95u, 50u, 20u, 3u);
  CAPTURE(limit);
  Sender sender;
  Service service{.limit = limit};
  play(sender, service, 5s);
  CHECK(service.refused <= (limit == 100 ? 0 : 25));
  service.admitted = service.refused = 0;
  play(sender, service, 60s);
  CHECK(service.admitted >= 60 * limit * 8 / 10);
  CHECK(service.refused <= (limit == 100 ? 0 : service.admitted / 10 + 60));
}

TEST_CASE("however many of those in flight are refused, the rate is lowered once") {
  Sender one, many;
  for (Sender* sender : {&one, &many}) {
    Service service{.limit = 1000};
    play(*sender, service, 2s);
    for (int i = 0; i < (sender == &one ? 1 : 30); ++i)
      sender->rate.refused(sender->now - 10ms, sender->now + i * 1ms);
    sender->sent.clear();
    sender->now += 30ms;
    play(*sender, service, 3s);
  }
  CHECK(many.sent.size() == one.sent.size());
  CHECK(one.sent.size() >= 3 * 92);  // it was all but admitted: a little less will do
}

TEST_CASE("a rate that was lowered far grows again by time alone") {
  Sender sender;
  sender.rate.refused(sender.now, sender.now);
  const auto in_a_second = [&sender] {
    sender.sent.clear();
    Service service{.limit = 1000};
    play(sender, service, 1s);
    return sender.sent.size();
  };
  CHECK(in_a_second() <= 30);
  sender.now += 20s;
  CHECK(in_a_second() >= 96);
}
