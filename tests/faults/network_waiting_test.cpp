// Faults 3, 5, 6 and 17: waiting for a server that does not come, or does not go on.
#include "faults/black_hole.h"
#include "faults/support.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using Catch::Contains;
using faults::Arguments;

namespace {

constexpr int events = 40;
const Arguments impatient = {"VODEVENTD_API_TIMEOUT_S=6"};  // the least that can be set

struct Setup : faults::Setup {
  [[nodiscard]] std::uint16_t port() const {
    return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  }

  // A place where the simulator was and will be.
  void make_place() {
    queue(0);
    end_simulator();
  }

  // Said once, the daemon alive, and nothing lost when the simulator comes.
  void go_on_and_check(const std::string& code) {
    CHECK(process->running());
    queue(events, {"--listen", place()});
    await_confirmed(events);
    CAPTURE(log());
    CHECK(logged("could not pull error_class=transient error_code=" + code) == 1);
    CHECK(logged("could not pull") == 1);
    CHECK_THAT(log(), Contains("advice=") && Contains("pulled again after_s="));
    stop();
    end_simulator();
    check_ledger(events);
  }

  // What runs on the established connections to the simulator: 2 is the kernel's keep-alive.
  [[nodiscard]] std::vector<int> timers() const {
    std::vector<int> found;
    std::ifstream table("/proc/net/tcp");
    for (std::string line; std::getline(table, line);) {
      unsigned remote_port = 0, state = 0, timer = 0;
      if (std::sscanf(line.c_str(), " %*d: %*x:%*x %*x:%x %x %*x:%*x %x", &remote_port, &state,
                      &timer) == 3 &&
          remote_port == port() && state == 1)
        found.push_back(static_cast<int>(timer));
    }
    return found;
  }
};

}  // namespace

TEST_CASE_METHOD(Setup, "fault 03: a server that refuses connections is waited for", "[network]") {
  make_place();
  configure();
  start();
  await_logged("could not pull");
  go_on_and_check("connect");
}

TEST_CASE_METHOD(Setup, "fault 03: a connection that is never answered is given up after 5 s",
                 "[network]") {
  make_place();
  configure();
  {
    const faults::BlackHole hole("127.0.0.1", port());
    const auto started = std::chrono::steady_clock::now();
    start();
    await_logged("could not pull");
    CHECK(std::chrono::steady_clock::now() - started >= 3s);
  }
  go_on_and_check("connect");
}

TEST_CASE_METHOD(Setup, "fault 03: SIGTERM ends a daemon that waits for a connection",
                 "[network]") {
  make_place();
  configure();
  const faults::BlackHole hole("127.0.0.1", port());
  start();
  await_logged("started");
  stop();
}

TEST_CASE("fault 05: a reply that drips or stalls is cut at the time limit", "[network]") {
  Setup drip, stall;  // side by side: each has to wait
  drip.queue(events, {"--fault", "drip"});
  stall.queue(events, {"--fault", "stall"});
  for (Setup* each : {&drip, &stall}) {
    each->configure();
    each->start(impatient);
  }
  for (Setup* each : {&drip, &stall}) {
    each->await_confirmed(events);
    CAPTURE(each->log());
    CHECK(each->logged("could not pull error_class=transient error_code=timeout") == 1);
    CHECK(each->logged("could not pull") == 1);
    each->stop();
    each->end_simulator();
    each->check_ledger(events);
    CHECK(each->total("requests") <= 40);
  }
}

TEST_CASE("fault 06: a long poll that is not answered is cut, and the next one brings the events",
          "[network]") {
  Setup held, silent;
  // The second event comes after 7 s: in the second long poll of 6 s.
  held.simulate(
      {"--generate", "2", "--arrive", "0.14", "--hold-s", "20", "--witness", held.database});
  silent.queue(2, {"--fault", "silent"});
  for (Setup* each : {&held, &silent}) {
    each->configure();
    each->start(impatient);
  }
  for (Setup* each : {&held, &silent}) {
    each->await_confirmed(2);
    CAPTURE(each->log());
    CHECK(each->logged("could not pull error_class=transient error_code=timeout") == 1);
    CHECK(each->logged("pulled again after_s=") == 1);
    each->stop();
    each->end_simulator();
    each->check_ledger(2);
    CHECK(each->total("pulls") + each->total("faults") <= 20);
  }
}

TEST_CASE_METHOD(Setup, "fault 17: a kept connection that died without a word costs one time limit",
                 "[network]") {
  simulate({"--generate", "3", "--fault", "half-open", "--hold-s", "0.5", "--witness", database});
  configure();
  start(impatient);
  await_confirmed(3);                  // within the lease of 30 s
  await_logged("error_code=timeout");  // of the confirm or of the next pull: whichever took it
  CAPTURE(log());
  CHECK(logged("error_code=timeout") == 1);
  stop();
  end_simulator();
  check_ledger(3);
  CHECK(total("delivered") == 3);
  CHECK(total("confirms") == 1);
  CHECK(total("requests") <= 40);
}

TEST_CASE_METHOD(Setup, "fault 17: a kept connection that was closed is replaced unnoticed",
                 "[network]") {
  queue(events, {"--fault", "close-after:4", "--fault", "reset-after:4"});
  run_until_confirmed(events);
  CAPTURE(log());
  CHECK(total("faults") == 8);
  CHECK(total("new_connections") >= 2);
  CHECK(logged("could not") == 0);
}

TEST_CASE_METHOD(Setup, "fault 17: the kernel probes a connection on which a long poll waits",
                 "[network]") {
  simulate({"--hold-s", "5"});
  configure();
  start();
  const auto until = std::chrono::steady_clock::now() + faults::patience;
  while (timers() != std::vector<int>{2} && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(10ms);
  CHECK(timers() == std::vector<int>{2});
  stop();
}
