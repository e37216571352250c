// Plan: what a world is like, drawn from its seed: the service's manners, how many events come and
// how odd they are, how often the process dies.
#pragma once

#include "simulation/random.h"
#include "vodsim/options.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace simulation {

struct Plan {
  vodsim::Options service;
  std::size_t events = 0;
  Duration arriving{};        // all events have come by then
  double odd_share = 0;       // of elements that are no proper events
  double twin_share = 0;      // of events equal to an earlier one, under a handle of their own
  double shared_handles = 0;  // of events that come with the handle of another
  std::size_t lives = 0;      // how often the process is started until the faults end
  bool from_nothing = false;  // else from a database that has been made already
  bool wall_clock_jumps = false;
  bool long_outages = false;          // of days
  Duration delay_min{}, delay_max{};  // one way
  Duration sync_max{};                // when nothing is wrong with the disk
  std::size_t pulls_in_flight = 0;
  std::int64_t rows_kept = 0;  // retention's bound; 0: none
};

Plan draw_plan(Random& random);

std::string to_string(const Plan& plan);

}  // namespace simulation
