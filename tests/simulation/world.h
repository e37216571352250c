// World: everything outside of the daemon, built from one seed.
#pragma once

#include "simulation/agenda.h"
#include "simulation/checker.h"
#include "simulation/clock.h"
#include "simulation/disk.h"
#include "simulation/events.h"
#include "simulation/network.h"
#include "simulation/plan.h"
#include "simulation/random.h"
#include "simulation/service.h"
#include "simulation/trace.h"
#include "simulation/weather.h"

#include <cstdint>
#include <string>
#include <vector>

namespace simulation {

struct World {
  World(std::uint64_t seed, Trace::Sink sink);

  static constexpr const char* database = "events.db";

  Random random;
  Plan plan;
  VirtualClock clock;
  Agenda agenda{clock};
  Trace trace;
  Disk disk;
  std::vector<Element> elements;
  Service service;
  Network network;
  Weather weather;
  Checker checker;
  std::uint64_t durable_checks = 0;

 private:
  void watch_confirms(Service::Handles confirmed);
};

}  // namespace simulation
