#include "simulation/world.h"

#include <utility>

namespace simulation {
namespace {

// Of the confirms that arrive while the daemon lives: it takes as long as a restart.
constexpr double durable_check_share = 0.05;

}  // namespace

World::World(std::uint64_t seed, Trace::Sink sink)
    : random(seed),
      plan(draw_plan(random)),
      trace(clock, std::move(sink)),
      disk(
          random.next(), [this] { return clock.utc().time_since_epoch().count(); },
          [this] { agenda.pass(weather.sync_takes() + weather.take_stall()); }),
      elements([this] {
        Random events = random.fork();
        return draw_events(plan, events);
      }()),
      service(plan, elements, random.fork(), agenda, clock, trace),
      network(plan, random.fork(), service, agenda, clock, trace),
      weather(plan, random.fork(), agenda, clock, network, disk, trace),
      checker(elements, service, disk, trace) {
  service.on_confirmed([this](Service::Handles confirmed) { watch_confirms(confirmed); });
  trace("world", "seed " + std::to_string(seed) + ": " + to_string(plan));
}

// When the machine is down, the check of the next start covers it.
void World::watch_confirms(Service::Handles confirmed) {
  if (!random.chance(durable_check_share) || disk.dead()) return;
  ++durable_checks;
  disk.set_faults({});
  checker.check_durable(database, confirmed);
  disk.set_faults(weather.disk_faults());
}

}  // namespace simulation
