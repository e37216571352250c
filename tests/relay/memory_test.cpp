// Fault 50: no memory.  Every allocation while a reply is taken fails once, in turn; whether the
// driver goes on or the process would end and start again, no event is lost.
#include "relay/played.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <new>
#include <set>

namespace {

// Allocations until one fails; negative: none does.
long until_failure = -1;

}  // namespace

void* operator new(std::size_t size) {
  if (until_failure >= 0 && until_failure-- == 0) throw std::bad_alloc();
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
// Not inlined: the compiler would see a free() of what its own operator new gave.
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return std::malloc(size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

using namespace std::chrono_literals;
using played::event;
using played::ok;
using played::reply;

const std::string tasks[] = {"t1", "t2"};

std::string all_events() {
  std::string list;
  for (const std::string& task : tasks) list += (list.empty() ? "" : ",") + event('h' + task, task);
  return list;
}

// The service: gives all events again while their leases are over, until it has their confirms.  No
// confirm may come before its event is stored.
void go_on(played::Daemon& relay, std::set<http::Transfer> answered) {
  std::set<std::string> confirmed;
  for (int lease = 0; lease < 5 && confirmed.size() < std::size(tasks); ++lease) {
    relay.clock.advance(31s);
    for (int i = 0; i < 5; ++i) {
      relay.driver.turn();
      for (const http::Transfer pull : relay.calls("PullEvents"))
        if (answered.insert(pull).second && i == 0)
          relay.transport.reply(pull, reply(all_events()));
      for (const http::Transfer confirm : relay.calls("ConfirmEvents")) {
        if (!answered.insert(confirm).second) continue;
        for (const std::string& task : tasks) {
          if (relay.transport.sent(confirm).body.find("\"h" + task) == std::string::npos) continue;
          confirmed.insert(task);
          CHECK(relay.number("SELECT count(*) FROM events WHERE task_id = '" + task + "'") == 1);
        }
        relay.transport.reply(confirm, ok);
      }
    }
  }
  CHECK(confirmed.size() == std::size(tasks));
}

void check_balance(const relay::Counters& counters) {
  CHECK(counters.pulled == counters.stored + counters.redelivered + counters.relinked +
                               counters.quarantined + counters.conflicts + counters.abandoned);
}

}  // namespace

TEST_CASE("fault 50: whichever allocation fails while a reply is taken, no event is lost") {
  int unread = 0, let_go = 0, ended = 0;
  bool failed = true;
  for (long n = 0; failed; ++n) {
    CAPTURE(n);
    auto relay = std::make_unique<played::Daemon>();
    relay->driver.turn();
    relay->transport.reply(1, reply(all_events()));
    bool goes_on = true;
    until_failure = n;
    try {
      relay->driver.turn();
    } catch (const std::bad_alloc&) {
      goes_on = false;
    }
    failed = until_failure < 0;
    until_failure = -1;
    if (!goes_on) {
      ++ended;
      const auto folder = relay->folder;
      relay.reset();
      relay = std::make_unique<played::Daemon>(folder);
    }
    go_on(*relay, goes_on ? std::set<http::Transfer>{1} : std::set<http::Transfer>{});
    check_balance(relay->machine.counters());
    CHECK(relay->number("SELECT count(*) FROM events") == std::ssize(tasks));
    const auto kept = relay->number(
        "SELECT count(*) FROM quarantine WHERE reason = 'no memory to read it'"
        " AND CAST(raw AS TEXT) LIKE '{%}'");
    CHECK(relay->number("SELECT count(*) FROM quarantine") == kept);
    unread += kept == 1;
    for (const std::string& line : relay->lines)
      let_go += line.find("code=out-of-memory") != std::string::npos;
  }
  CAPTURE(unread, let_go, ended);
  CHECK(unread > 0);
  CHECK(let_go > 0);
}
