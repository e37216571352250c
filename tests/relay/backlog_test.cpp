// Since when everything that was queued is known to be safe.
#include "relay/backlog.h"

#include "relay/measures.h"

#include <catch2/catch.hpp>

namespace {

using namespace std::chrono_literals;

constexpr base::Instant start{1h};

struct Fixture {
  base::Instant now = start;
  relay::Backlog backlog{now};
  relay::Ticket last = 0;

  relay::Ticket pull() {
    backlog.pull_started(++last, now);
    return last;
  }
  // A long poll that finds nothing.
  void idle() {
    const auto ticket = pull();
    now += 5s;
    backlog.pull_gave(ticket, 0, now);
    backlog.all_saved();
  }
  std::chrono::seconds age() const {
    return std::chrono::floor<std::chrono::seconds>(now - backlog.empty_at());
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "an empty reply makes the moment that of its pull's start") {
  now += 40s;
  idle();
  CHECK(age() == 5s);
  idle();
  CHECK(age() == 5s);
  CHECK(backlog.empty_at() == start + 45s);
}

TEST_CASE_METHOD(Fixture, "after a start nothing counts until leases of the run before are over") {
  idle();
  CHECK(backlog.empty_at() == start);
  now = start + 31s;
  idle();
  CHECK(backlog.empty_at() == start);
  idle();
  CHECK(age() == 5s);
}

TEST_CASE_METHOD(Fixture, "what an earlier run has known is kept, and is never in the future") {
  const relay::Backlog known(start, start - 50min);
  CHECK(start - known.empty_at() == 50min);
  const relay::Backlog odd(start, start + 50min);
  CHECK(odd.empty_at() == start);
  CHECK_FALSE(odd.seen_empty());
}

TEST_CASE_METHOD(Fixture, "full replies leave the moment where it was, and say that more waits") {
  now += 40s;
  idle();
  const auto seen = backlog.empty_at();
  for (int i = 0; i < 1000; ++i) {
    const auto ticket = pull();
    now += 100ms;
    backlog.pull_gave(ticket, 16, now);
    backlog.all_saved();
  }
  CHECK(backlog.empty_at() == seen);
  CHECK(backlog.seen_empty());
  CHECK(backlog.behind());
  idle();
  CHECK(age() == 5s);
  CHECK_FALSE(backlog.behind());
}

TEST_CASE_METHOD(Fixture, "short replies count when none has been full for a lease") {
  now += 40s;
  backlog.pull_gave(pull(), 16, now);
  const auto full_at = now;
  while (now - full_at < 29s) {
    const auto ticket = pull();
    now += 1s;
    backlog.pull_gave(ticket, 3, now);
    backlog.all_saved();
  }
  CHECK(backlog.empty_at() == start);
  CHECK(backlog.behind());
  const auto ticket = pull();
  now += 1s;
  backlog.pull_gave(ticket, 3, now);
  backlog.all_saved();
  CHECK(age() == 1s);
  CHECK_FALSE(backlog.behind());
}

TEST_CASE_METHOD(Fixture, "an empty reply counts when the pulls beside it are through and saved") {
  now += 40s;
  const auto beside = pull();
  const auto empty = pull();
  now += 1s;
  backlog.pull_gave(empty, 0, now);
  CHECK_FALSE(backlog.all_saved());
  const auto later = pull();
  backlog.pull_gave(beside, 2, now);
  CHECK(backlog.empty_at() == start);  // its events are not saved yet
  CHECK(backlog.all_saved());
  CHECK(age() == 1s);
  backlog.pull_gave(later, 0, now);
}

TEST_CASE_METHOD(Fixture, "a reply that was lost takes the moment back until its lease is over") {
  now += 40s;
  const auto beside = pull();
  const auto empty = pull();
  backlog.pull_gave(empty, 0, now);
  backlog.pull_failed(beside, true, now);
  CHECK_FALSE(backlog.all_saved());
  const auto lost_at = now;
  while (now - lost_at < 32s) idle();
  CHECK(backlog.empty_at() == start);
  idle();
  CHECK(age() == 5s);
}

TEST_CASE_METHOD(Fixture, "a refusal has leased nothing, so it does not count") {
  now += 40s;
  const auto beside = pull();
  const auto empty = pull();
  now += 1s;
  backlog.pull_gave(empty, 0, now);
  backlog.pull_failed(beside, false, now);
  CHECK(backlog.all_saved());
  CHECK(age() == 1s);
}

TEST_CASE_METHOD(Fixture, "events that were let go unsaved are waited for") {
  now += 40s;
  const auto ticket = pull();
  backlog.pull_gave(ticket, 0, now);
  backlog.let_go(now);
  CHECK_FALSE(backlog.all_saved());
  CHECK(backlog.empty_at() == start);
}

TEST_CASE("the least of the last minutes is forgotten after two") {
  relay::Least least;
  base::Instant now{1h};
  CHECK_FALSE(least.at(now));
  least.observe(3, now);
  least.observe(7, now);
  CHECK(least.at(now) == 3);
  now += 61s;
  least.observe(5, now);
  CHECK(least.at(now) == 3);
  now += 61s;
  CHECK(least.at(now) == 5);
  now += 10min;
  CHECK_FALSE(least.at(now));
}
