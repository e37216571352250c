#include "simulation/process.h"

#include "base/log.h"
#include "credentials/source.h"
#include "inbox/inbox.h"
#include "relay/driver.h"
#include "relay/relay.h"
#include "simulation/memory.h"
#include "simulation/transport.h"
#include "vod/client.h"

#include <algorithm>
#include <optional>
#include <system_error>

namespace simulation {
namespace {

// What it may use beside the files: far more than such short queues need, far less than a leak of
// each reply would take.
constexpr std::size_t memory_bytes_max = 24 << 20;

// The parts in the order of daemon/run.cpp.
class Process {
 public:
  Process(World& world, std::uint64_t seed);

  End run(const Life& life);

 private:
  void check_store();
  void await_redelivery();
  void look_after(const Life& life);
  void record_last();

  World& world_;
  base::Log log_;
  credentials::Source credentials_;
  SimTransport transport_;
  vod::Client client_;
  inbox::Inbox inbox_;
  relay::Relay relay_;
  relay::Driver driver_;
  bool stopping_ = false;
};

// What is free on the real disk differs from run to run.
std::string without_room(std::string line) {
  const std::size_t at = line.find(" KiB are free");
  if (at == line.npos) return line;
  const std::size_t number = line.find_last_not_of("0123456789", at - 1) + 1;
  return line.erase(number, at - number);
}

credentials::Settings credential_settings(const vodsim::Options& service) {
  credentials::Settings settings;
  settings.environment = [&service](std::string_view name) -> std::optional<std::string> {
    if (name == "TENCENTCLOUD_SECRET_ID") return service.secret_id;
    if (name == "TENCENTCLOUD_SECRET_KEY") return service.secret_key;
    return std::nullopt;
  };
  return settings;
}

relay::Relay::Settings relay_settings(const Plan& plan) {
  relay::Relay::Settings settings;
  settings.pulls.in_flight_max = plan.pulls_in_flight;
  return settings;
}

Process::Process(World& world, std::uint64_t seed)
    : world_(world),
      log_(base::Level::debug, world.clock,
           [&world](const base::Message& message, std::span<const base::Field> fields) {
             world.trace("daemon", without_room(base::line(message, fields)));
           }),
      credentials_(credential_settings(world.plan.service)),
      transport_(
          world.network, world.agenda, world.clock, world.trace,
          [&world] { return world.disk.dead(); }, [&world] { return world.weather.take_stall(); }),
      client_({}, transport_, credentials_, world.clock, log_),
      inbox_(World::database, {}, world.clock, 0),
      relay_(relay_settings(world.plan), seed, world.clock.now()),
      driver_(relay_, client_, inbox_, world.clock, log_) {
  driver_.keep({.rows = world.plan.rows_kept});
  check_store();
  inbox_.check_writable();
  await_redelivery();
}

void Process::check_store() {
  world_.disk.set_faults({});
  world_.checker.check(inbox_.database());
  world_.disk.set_faults(world_.weather.disk_faults());
}

void Process::await_redelivery() {
  const std::optional<base::Utc> newest = inbox_.newest_unconfirmed();
  if (!newest) return;
  const auto age = std::max(world_.clock.utc() - *newest, std::chrono::milliseconds(0));
  if (age < vod::lease)
    relay_.await_until(world_.clock.now() + vod::lease - age + vod::lease_margin);
}

End Process::run(const Life& life) {
  transport_.signal_at(std::min(life.stop_at, life.kill_at));
  while (!driver_.finished()) {
    driver_.turn();
    look_after(life);
  }
  record_last();
  return End::stopped;
}

// Between two turns.
void Process::look_after(const Life& life) {
  const base::Instant now = world_.clock.now();
  log_.tick();
  world_.checker.check_counters(relay_);
  if (live_bytes() > memory_bytes_max + world_.disk.memory_bytes())
    world_.trace.violated("memory is not bounded: " + std::to_string(live_bytes()) + " bytes");
  if (now >= life.kill_at) world_.disk.crash_now(life.crash);
  if (world_.disk.dead() || world_.trace.violation()) throw Died();
  const bool drained = life.drained_by < base::Instant::max() && world_.service.drained();
  const base::Instant drained_by =
      std::max(life.drained_by, world_.weather.awake_since() + Checker::drain_max);
  if (now >= drained_by && !drained)
    world_.trace.violated("the queue has not drained within the time it should take");
  if (stopping_ || (now < life.stop_at && !drained)) return;
  stopping_ = true;
  transport_.signal_at(life.kill_at);
  world_.trace("world", drained ? "all is confirmed: SIGTERM" : "SIGTERM");
  driver_.stop();
}

void Process::record_last() {
  try {
    inbox_.flush();
  } catch (const std::system_error& error) {
    if (inbox::fatal(error.code())) throw;
    world_.trace("daemon",
                 without_room("could not record the last confirms: " + std::string(error.what())));
  }
}

}  // namespace

End live(World& world, const Life& life, std::uint64_t seed) try {
  End end = End::stopped;
  {
    Process process(world, seed);
    end = process.run(life);
  }
  return world.disk.dead() ? End::crashed : end;
} catch (const Died&) {
  return End::crashed;
} catch (const inbox::Refused& error) {
  if (!world.disk.dead())
    world.trace.violated("the daemon refuses its own database: " + std::string(error.what()));
  return world.disk.dead() ? End::crashed : End::failed;
} catch (const std::system_error& error) {
  if (world.disk.dead()) return End::crashed;
  world.trace("daemon", without_room("could not go on: " + std::string(error.what())));
  return End::failed;
}

}  // namespace simulation
