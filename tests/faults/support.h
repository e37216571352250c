// What the tests of the fault catalogue have in common: the real daemon against the simulator, with
// a fault in between, and the account that has to balance afterwards.
#pragma once

#include "base/clock.h"
#include "e2e/setup.h"
#include "http/curl_transport.h"

#include <signal.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace faults {

using e2e::Arguments;
using namespace std::chrono_literals;

// A step of `vodeventd run` in a test is given this long; only a failing test uses it up.
inline constexpr auto patience = 120s;

struct Setup : e2e::Setup {
  std::unique_ptr<support::Process> process;
  std::string ca_file;  // what the test itself trusts when it asks the simulator

  // A queue of `events`, whose leases are short so that what is stranded comes back soon.
  void queue(int events, const Arguments& more = {}) {
    Arguments arguments = {
        "--generate", std::to_string(events), "--lease-s", "1", "--hold-s", "0.5", "--witness",
        database};
    arguments.insert(arguments.end(), more.begin(), more.end());
    simulate(arguments);
  }

  // Starts `vodeventd run`.  A setting of the file is replaced by its variable, such as
  // VODEVENTD_API_TIMEOUT_S=6; `before` is a command that executes the rest of its arguments.
  void start(const Arguments& environment = {}, Arguments before = {}) {
    const Arguments own = {BINARIES "/vodeventd", "--config", folder / "vodeventd.toml", "run"};
    before.insert(before.end(), own.begin(), own.end());
    Arguments variables = {"JOURNAL_STREAM="};
    variables.insert(variables.end(), environment.begin(), environment.end());
    process = std::make_unique<support::Process>(
        support::Process::Command{.arguments = std::move(before),
                                  .environment = std::move(variables),
                                  .out_file = {},
                                  .err_file = (folder / "daemon.log"),
                                  .folder = {}});
  }

  // The daemon is alive, and SIGTERM ends it in good order within the 10 s that it has.
  void stop() {
    CAPTURE(log());
    REQUIRE(process->running());
    process->signal(SIGTERM);
    CHECK(process->wait(10s) == 0);
  }

  // Ends the simulator, which then writes its ledger.
  void end_simulator() {
    simulator->signal(SIGTERM);
    REQUIRE(simulator->wait(patience) == 0);
  }

  // Waits until the daemon has logged this, however long its time limits are.
  void await_logged(const std::string& text) const {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (log().find(text) == std::string::npos && process->running() &&
           std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(10ms);
    REQUIRE_THAT(log(), Catch::Contains(text));
  }

  // Host and port of the simulator: for --listen, to start it once more at the same place.
  [[nodiscard]] std::string place() const { return url.substr(url.find("//") + 2); }

  // Waits until the service has the confirms of so many events.
  void await_confirmed(int events) const {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (total_now("confirmed") != events && process->running() &&
           std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(10ms);
    CAPTURE(log());
    REQUIRE(total_now("confirmed") == events);
  }

  // Runs the daemon until every event is confirmed, and ends it and the simulator in good order;
  // then nothing may be lost, doubled, or confirmed before it was stored.  Gives how long it took
  // to the last confirm.
  std::chrono::milliseconds run_until_confirmed(int events, const Arguments& environment = {}) {
    const auto started = std::chrono::steady_clock::now();
    configure();
    start(environment);
    await_confirmed(events);
    const auto took = std::chrono::steady_clock::now() - started;
    stop();
    end_simulator();
    check_ledger(events);
    return std::chrono::duration_cast<std::chrono::milliseconds>(took);
  }

  // A total of the simulator's ledger after its end.
  std::int64_t total(std::string_view name) const {
    std::ifstream file(ledger);
    return total_in(std::string{std::istreambuf_iterator<char>(file), {}}, name);
  }

  // The same while it runs.
  std::int64_t total_now(std::string_view name) const {
    base::SystemClock clock;
    http::CurlTransport transport(clock, {.ca_file = ca_file}, {});
    transport.start({.url = url + "/ledger?totals=1"});
    const auto completed = transport.poll(clock.now() + patience);
    REQUIRE(completed.size() == 1);
    return total_in(completed[0].response.body, name);
  }

  // How many lines of the daemon's log contain this.
  std::ptrdiff_t logged(std::string_view text) const {
    const std::string all = log();
    std::ptrdiff_t lines = 0;
    for (std::size_t at = all.find(text); at != std::string::npos;
         at = all.find(text, std::min(all.find('\n', at), all.size())))
      ++lines;
    return lines;
  }

 private:
  static std::int64_t total_in(const std::string& json, std::string_view name) {
    sqlite::Database memory(":memory:", sqlite::Database::Mode::create);
    sqlite::Statement query(memory, "SELECT ?1 ->> ('$.totals.' || ?2)");
    sqlite::Rows rows = query.query(json, name);
    REQUIRE(rows.next());
    return rows.integer(0);
  }
};

}  // namespace faults
