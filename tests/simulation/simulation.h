// Simulation: the whole daemon in one world, from a seed.  The same seed gives the same run, line
// by line.
//
// A run is a row of lives: the daemon works until it is killed, the power is cut (mostly in the
// middle of a write, a sync or a checkpoint), it is told to stop or it gives up; then it is started
// again.  At last all faults end, and it has to bring everything to its end.
#pragma once

#include "simulation/trace.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace simulation {

struct Figures {
  std::uint64_t seeds = 0;
  std::uint64_t lives = 0, power_cuts = 0, kills = 0, stops = 0, failures = 0;
  std::uint64_t events = 0, confirmed = 0, delivered = 0;
  std::uint64_t durable_checks = 0;
  double virtual_s = 0;

  [[nodiscard]] std::uint64_t crash_points() const { return power_cuts + kills; }
  Figures& operator+=(const Figures& other);
};

struct Result {
  Figures figures;
  std::optional<std::string> violation;
  std::deque<std::string> last_lines;
};

// Makes what all seeds share, once.
void prepare();

// The working folder is one that may be written to: the daemon makes an empty file in it.
Result simulate(std::uint64_t seed, Trace::Sink sink = {});

}  // namespace simulation
