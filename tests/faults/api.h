// What the tests of the API's own faults (19 to 35) have in common.
#pragma once

#include "faults/support.h"

#include <string>
#include <string_view>
#include <thread>

namespace faults {

struct Api : Setup {
  // Events in leases as long as the service's own, so that nothing comes again unnoticed.
  void serve(int events, const Arguments& more) {
    Arguments arguments = {"--generate", std::to_string(events), "--hold-s", "0.2", "--witness",
                           database};
    arguments.insert(arguments.end(), more.begin(), more.end());
    simulate(arguments);
    configure();
  }

  // Waits until a total of the simulator's ledger has come to this.
  void await_total(std::string_view name, std::int64_t number) const {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (total_now(name) < number && process->running() &&
           std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(10ms);
    CAPTURE(log());
    REQUIRE(total_now(name) >= number);
  }

  void end() {
    stop();
    end_simulator();
  }

  // All is well in the end: nothing lost, doubled, or confirmed before it was stored.
  void finish(int events) {
    await_confirmed(events);
    end();
    check_ledger(events);
  }
};

}  // namespace faults
