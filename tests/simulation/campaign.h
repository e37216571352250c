// Campaign: many seeds, one worker process for each core, until they are through, the time is over
// or a promise was broken.
#pragma once

#include "simulation/simulation.h"

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace simulation {

struct Campaign {
  std::vector<std::uint64_t> list;  // these first
  std::uint64_t first = 1;          // then first to last
  std::uint64_t last = 0;
  unsigned jobs = 1;
  std::optional<std::chrono::seconds> time_max;  // no seed is begun after that
};

struct Failed {
  std::uint64_t seed;
  std::string sentence;
};

struct Outcome {
  Figures figures;
  std::chrono::duration<double> took{};
  std::optional<Failed> failed;  // the first
};

// Prints a line of progress every few seconds.
Outcome run(const Campaign& campaign);

// One seed, and whether its memory came back.  `sink` gets each line of the trace.
Result run_seed(std::uint64_t seed, const Trace::Sink& sink = {});

std::string to_string(const Outcome& outcome);

}  // namespace simulation
