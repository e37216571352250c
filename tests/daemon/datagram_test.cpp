// What leaves the daemon without waiting: datagrams, and how often the service manager gets one.
#include "daemon/datagram.h"

#include "daemon/notify.h"
#include "support/receiver.h"
#include "support/temp_folder.h"

#include <stdlib.h>

#include <catch2/catch.hpp>

namespace {

using namespace std::chrono_literals;
using base::Instant;
using support::Receiver;
using vodeventd::Datagrams;
using vodeventd::Supervisor;

// Variables of the environment for the scope of a test.
struct Watched {
  support::TempFolder folder;
  Receiver manager{folder / "notify"};

  explicit Watched() {
    setenv("NOTIFY_SOCKET", manager.path().c_str(), 1);
    setenv("WATCHDOG_USEC", "10000000", 1);
  }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;
  ~Watched() {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) unsetenv(name);
  }
};

}  // namespace

TEST_CASE("a datagram that nobody takes is refused at once") {
  const support::TempFolder folder;
  CHECK_FALSE(Datagrams("").send("x"));
  CHECK_FALSE(Datagrams(folder / "none").send("x"));
  CHECK_FALSE(Datagrams(std::string(200, 'x')).send("x"));
  Receiver receiver(folder / "socket");
  const Datagrams sender(receiver.path());
  int taken = 0;
  while (sender.send("x")) ++taken;
  CHECK(taken > 0);
  REQUIRE(receiver.next(0ms));
  CHECK(sender.send("y"));
}

TEST_CASE_METHOD(Watched, "the manager hears of a state once, and once a second at most") {
  Supervisor supervisor;
  const Instant start = Instant() + 1h;
  supervisor.status("a", start);
  CHECK(manager.next(0ms) == "STATUS=a");
  supervisor.status("b", start + 999ms);
  CHECK_FALSE(manager.next(0ms));
  supervisor.status("b", start + 1s);
  CHECK(manager.next(0ms) == "STATUS=b");
  supervisor.status("b", start + 3s);
  CHECK_FALSE(manager.next(0ms));
}

TEST_CASE_METHOD(Watched, "the watchdog is fed after a turn, twice in its period") {
  Supervisor supervisor;
  CHECK(supervisor.pace() == 2s);
  const Instant start = Instant() + 1h;
  supervisor.turned(start);
  CHECK(manager.next(0ms) == "WATCHDOG=1");
  supervisor.turned(start + 4999ms);
  CHECK_FALSE(manager.next(0ms));
  supervisor.turned(start + 5s);
  CHECK(manager.next(0ms) == "WATCHDOG=1");
}

TEST_CASE_METHOD(Watched, "a watchdog that watches another process is left alone") {
  setenv("WATCHDOG_PID", "1", 1);
  Supervisor supervisor;
  supervisor.turned(Instant() + 1h);
  CHECK_FALSE(manager.next(0ms));
}

TEST_CASE_METHOD(Watched, "what was not taken is said again: ready, a state, a sign of life") {
  Supervisor supervisor;
  const Datagrams other(manager.path());
  while (other.send("noise")) {
  }
  const Instant start = Instant() + 1h;
  supervisor.ready();
  supervisor.status("a", start);
  supervisor.turned(start);
  while (manager.next(0ms)) {
  }
  supervisor.turned(start + 1ms);
  CHECK(manager.next(0ms) == "READY=1");
  CHECK(manager.next(0ms) == "WATCHDOG=1");
  supervisor.status("a", start + 1s);
  CHECK(manager.next(0ms) == "STATUS=a");
}
