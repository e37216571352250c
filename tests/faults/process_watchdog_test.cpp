// What the service manager hears, and when it hears nothing more: fault 55.
#include "faults/disk.h"
#include "support/receiver.h"

namespace {

using namespace faults;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto period = 400ms;

struct Watched : DiskSetup {
  support::Receiver manager{folder / "notify"};

  Arguments watched() {
    Arguments environment = broken.environment();
    environment.push_back("NOTIFY_SOCKET=" + manager.path());
    environment.push_back("WATCHDOG_USEC=400000");
    return environment;
  }

  // Gives the next datagram that begins so.
  std::string await(const std::string& text) {
    for (;;) {
      const auto told = manager.next(patience);
      REQUIRE(told);
      if (told->starts_with(text)) return *told;
    }
  }
};

}  // namespace

TEST_CASE_METHOD(Watched, "fault 55: an idle daemon is ready, tells its state and lives",
                 "[process]") {
  simulate({"--hold-s", "5"});
  configure();
  start(watched());
  await("READY=1");
  CHECK(await("STATUS=") ==
        "STATUS=no answer yet; not up to date yet; 0 events/s; 0 stored, 0 await their confirm");
  for (int i = 0; i < 4; ++i) await("WATCHDOG=1");
  CHECK(total_now("pulls_empty") < 2);  // all that happened in the middle of long polls
  process->signal(SIGTERM);
  await("STOPPING=1");
  CHECK(process->wait(12s) == 0);
}

TEST_CASE_METHOD(Watched, "fault 55: a busy daemon does not chatter", "[process]") {
  queue(400, {"--arrive", "200/s", "--exit-when-drained"});
  configure();
  const auto begin = Clock::now();
  start(watched());
  int pings = 0, states = 0;
  while (simulator->running()) {
    while (const auto told = manager.next(50ms)) {
      pings += *told == "WATCHDOG=1";
      states += told->starts_with("STATUS=");
    }
  }
  const auto took = Clock::now() - begin;
  CHECK(pings <= took / (period / 2) + 1);
  CHECK(states <= took / 1s + 1);
  CHECK(states > 0);
  CHECK(pings > 2);
}

TEST_CASE_METHOD(Watched, "fault 55: a daemon that hangs is heard no more, and loses nothing",
                 "[process]") {
  queue(300, {"--arrive", "150/s", "--exit-when-drained"});
  configure();
  start(watched());
  await_log("stored events=");
  SECTION("stopped") { process->signal(SIGSTOP); }
  SECTION("in a sync that never ends") { broken.rule("sync -wal HANG 0"); }
  int heard = 0;
  while (manager.next(period)) REQUIRE(++heard < 100);  // until a whole period is silent
  CHECK(process->running());
  process->signal(SIGKILL);  // the manager would send SIGABRT first, then this
  REQUIRE(process->wait(patience) == 128 + SIGKILL);
  broken.mend();
  start();
  check_recovery(300);
}

TEST_CASE_METHOD(Watched, "fault 55: the state that is told is the state it is in", "[process]") {
  queue(2000, {"--arrive", "50/s"});
  configure();
  start(watched());
  CHECK_THAT(await("STATUS=pulling; "), Catch::Contains("; last pull 2"));
  broken.rule("write -wal EROFS 0");
  await("STATUS=nothing can be stored, so nothing is pulled; ");
  broken.mend();
  await("STATUS=pulling; ");
  simulator.reset();
  CHECK_THAT(await("STATUS=cannot pull: "), !Catch::Contains("; up to date"));
  stop();
}
