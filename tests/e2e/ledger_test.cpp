// The promise, on real programs: what was pulled is stored exactly once, and stored before it is
// confirmed, whatever is lost on the way and whenever the daemon dies.
#include "e2e/setup.h"

#include <signal.h>

#include <catch2/catch.hpp>
#include <random>
#include <thread>

namespace {

using e2e::Arguments;
using namespace std::chrono_literals;

struct Way {
  const char* handles;
  const char* lose;
};

Arguments load(const Way& way, const std::string& database, int events) {
  return {"--generate",
          std::to_string(events),
          "--redeliver",
          "5",
          "--lease-s",
          "2",
          "--hold-s",
          "1",
          "--rate",
          "0",
          "--handles",
          way.handles,
          "--lose",
          way.lose,
          "--witness",
          database,
          "--exit-when-drained"};
}

}  // namespace

TEST_CASE_METHOD(e2e::Setup,
                 "10,000 events with redeliveries are each stored once, before they are confirmed",
                 "[ledger]") {
  const Way way = GENERATE(Way{"same", "lease"}, Way{"new", "lease"}, Way{"new", "request"},
                           Way{"same", "confirm"});
  CAPTURE(way.handles, way.lose);
  simulate(load(way, database, 10'000));
  configure();
  auto process = daemon("run");
  REQUIRE(simulator->wait(120s) == 0);
  process.signal(SIGTERM);
  CHECK(process.wait(15s) == 0);
  check_ledger(10'000);
  CHECK(print("audit").status == 0);
}

TEST_CASE_METHOD(e2e::Setup, "killed at 50 random moments it still stores each event once",
                 "[killed]") {
  const Way way = GENERATE(Way{"same", "lease"}, Way{"new", "lease"});
  const auto seed = std::random_device()();
  CAPTURE(way.handles, way.lose, seed);
  std::mt19937 random(seed);
  simulate(load(way, database, 10'000));
  configure();
  for (int kills = 0; kills < 50; ++kills) {
    auto process = daemon("run");
    std::this_thread::sleep_for(std::chrono::milliseconds(20 + random() % 180));
    process.signal(SIGKILL);
    REQUIRE(process.wait(10s) == 128 + SIGKILL);
  }
  auto process = daemon("run");
  REQUIRE(simulator->wait(120s) == 0);
  process.signal(SIGTERM);
  CHECK(process.wait(15s) == 0);
  check_ledger(10'000);
  CHECK(print("audit").status == 0);
}
