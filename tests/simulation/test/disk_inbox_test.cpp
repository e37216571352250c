// The inbox on the simulated disk, where power is cut.
#include "inbox/inbox.h"
#include "simulation/disk.h"
#include "sqlite/statement.h"
#include "support/fake_clock.h"
#include "support/temp_folder.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <ctime>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace {

using simulation::Disk;
using Crash = Disk::Crash;

std::int64_t at_1970() { return 0; }

inbox::Arrival arrival(std::size_t number, std::size_t bytes) {
  inbox::Arrival result;
  result.handle = "handle-" + std::to_string(number);
  result.event_type = "ConcatComplete";
  result.type_known = true;
  result.json =
      R"({"EventHandle":")" + result.handle + R"(","Filler":")" + std::string(bytes, 'x') + "\"}";
  result.fingerprint = std::to_string(number);
  result.fingerprint.resize(32, '.');
  result.received_at = support::FakeClock().utc();
  result.request_id = "pull-request";
  return result;
}

struct Store {
  std::unique_ptr<inbox::Inbox> open() {
    return std::make_unique<inbox::Inbox>(path, std::nullopt, clock);
  }
  // Sixteen events, or fewer up to `end`.
  static void save(inbox::Inbox& inbox, std::size_t first, std::size_t end, std::size_t bytes) {
    std::vector<inbox::Arrival> batch;
    for (std::size_t i = first; i < std::min(first + 16, end); ++i)
      batch.push_back(arrival(i, bytes));
    inbox.save(batch);
  }

  support::TempFolder folder;  // the inbox makes an empty file there, which nobody reads
  std::string path = folder / "events.db";
  support::FakeClock clock;
  Disk disk{1, at_1970, {}};
};

}  // namespace

TEST_CASE_METHOD(Store, "the inbox loses nothing that it saved, wherever the power is cut",
                 "[disk]") {
  std::size_t saved = 0;
  for (int crash = 0; crash < 200; ++crash) {
    disk.crash_in(1 + static_cast<std::uint64_t>(crash) * 7 % 200, Crash::power_cut);
    try {
      const auto inbox = open();
      for (;;) {
        save(*inbox, saved, saved + 16, 700);
        saved += 16;
      }
    } catch (const std::system_error&) {
      REQUIRE(disk.dead());
    }
    disk.restart();
  }
  const auto inbox = open();
  CHECK(saved > 500);
  CHECK(inbox->database().text("PRAGMA integrity_check") == "ok");
  sqlite::Statement found(inbox->database(), "SELECT count(*) FROM events WHERE event_handle = ?1");
  for (std::size_t i = 0; i < saved; ++i) {
    const std::string handle = "handle-" + std::to_string(i);
    sqlite::Rows rows = found.query(handle);
    REQUIRE(rows.next());
    REQUIRE(rows.integer(0) == 1);
  }
}

TEST_CASE_METHOD(Store, "how long a crash and the start after it take", "[.measure]") {
  {
    const auto inbox = open();
    for (std::size_t i = 0; i < 300; i += 16) save(*inbox, i, 300, 2000);
  }
  constexpr int rounds = 500;
  const auto image = disk.image();
  std::map<std::string, std::clock_t> took;
  const auto measure = [&](const std::string& what, const auto& work) {
    const std::clock_t begin = std::clock();  // of this process: others may be at work
    work();
    took[what] += std::clock() - begin;
  };
  for (int i = 0; i < rounds; ++i) {
    std::unique_ptr<inbox::Inbox> inbox;
    measure("load", [&] { disk.load(*image); });
    measure("open", [&] { inbox = open(); });
    measure("save", [&] { save(*inbox, 300, 316, 2000); });
    measure("crash", [&] { disk.crash_now(Crash::power_cut); });
    measure("close", [&] { inbox.reset(); });
    measure("restart", [&] { disk.restart(); });
    measure("reopen", [&] { inbox = open(); });
  }
  std::cout << disk.bytes() << " bytes; microseconds of CPU:";
  for (const auto& [what, time] : took)
    std::cout << ' ' << what << ' ' << time * 1'000'000 / CLOCKS_PER_SEC / rounds;
  std::cout << '\n';
}
