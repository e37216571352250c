// Process: one life of the daemon in a world, from its start to its end: built as daemon/run.cpp
// builds it, on the simulated clock, network and disk.
#pragma once

#include "simulation/world.h"

#include <cstdint>

namespace simulation {

// What is in store for it.
struct Life {
  base::Instant stop_at = base::Instant::max();  // SIGTERM comes
  base::Instant kill_at = base::Instant::max();  // it dies, if it still lives
  Disk::Crash crash = Disk::Crash::kill;         // how
  // It is to bring the queue to its end by then, and stops by itself when it has.
  base::Instant drained_by = base::Instant::max();
};

enum class End {
  stopped,  // in order
  failed,   // by an error that it could not handle; systemd starts it again
  crashed,
};

End live(World& world, const Life& life, std::uint64_t seed);

}  // namespace simulation
