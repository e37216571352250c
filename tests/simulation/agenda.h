// Agenda: what will happen in the world, in the order of time; what comes at one moment happens in
// the order in which it was noted.  The only thing that moves the clock.
#pragma once

#include "simulation/clock.h"

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

namespace simulation {

class Agenda {
 public:
  using Action = std::function<void()>;

  explicit Agenda(VirtualClock& clock) : clock_(clock) {}

  void at(base::Instant when, Action action) {
    actions_.emplace(std::pair(std::max(when, clock_.now()), ++count_), std::move(action));
  }
  void after(Duration wait, Action action) { at(clock_.now() + wait, std::move(action)); }

  // The next thing that happens up to `until`; without one the time passes up to there.
  void step(base::Instant until) {
    if (actions_.empty() || actions_.begin()->first.first > until) return clock_.move_to(until);
    auto node = actions_.extract(actions_.begin());
    clock_.move_to(node.key().first);
    node.mapped()();
  }

  // Lets the time pass, with all that happens meanwhile.
  void run_until(base::Instant until) {
    while (!actions_.empty() && actions_.begin()->first.first <= until) step(until);
    clock_.move_to(until);
  }
  void pass(Duration time) { run_until(clock_.now() + time); }

  [[nodiscard]] bool empty() const { return actions_.empty(); }

 private:
  VirtualClock& clock_;
  std::map<std::pair<base::Instant, std::uint64_t>, Action> actions_;
  std::uint64_t count_ = 0;
};

}  // namespace simulation
