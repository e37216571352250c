#include "simulation/simulation.h"

#include "inbox/inbox.h"
#include "simulation/memory.h"
#include "simulation/process.h"
#include "simulation/world.h"
#include "sqlite/statement.h"

#include <memory>
#include <utility>

namespace simulation {
namespace {

using namespace std::chrono_literals;

// Half of the time that a start takes would go into reading the views, which hold nothing; the
// daemon makes none while the fingerprint in meta is that of its own.
void drop_views(sqlite::Database& database) {
  std::string script;
  {
    sqlite::Statement names(database, "SELECT name FROM sqlite_schema WHERE type = 'view'");
    for (sqlite::Rows rows = names.query(); rows.next();)
      script.append("DROP VIEW \"").append(rows.text(0)).append("\";");
  }
  database.run(script);
  database.run("VACUUM");
  database.run("PRAGMA wal_checkpoint(TRUNCATE)");
}

// Made once: a new database takes as long as many lives.
const Disk::Image& made_database() {
  static const std::shared_ptr<const Disk::Image> image = [] {
    VirtualClock clock;
    Disk disk(1, [&] { return clock.utc().time_since_epoch().count(); }, {});
    {
      inbox::Inbox inbox(World::database, {}, clock, 0);
      drop_views(inbox.database());
    }
    return disk.image();
  }();
  return *image;
}

class Run {
 public:
  Run(std::uint64_t seed, Trace::Sink sink) : world_(seed, std::move(sink)) {}

  void all_lives();
  Result result();

 private:
  void live_once(const Life& life);
  void count(End end, Disk::Crash crash);
  Life draw_life();
  void last_lives();

  World world_;
  Figures figures_;
};

Life Run::draw_life() {
  Random& random = world_.random;
  Life life;
  const base::Instant now = world_.clock.now();
  life.crash = random.chance(0.6) ? Disk::Crash::power_cut : Disk::Crash::kill;
  life.kill_at = now + random.about(500ms, 2min);
  if (random.chance(0.15)) {
    life.stop_at = now + random.about(1ms, 1min);
    life.kill_at = life.stop_at + random.about(1s, 1min);
  }
  if (random.chance(0.85)) world_.disk.crash_in(random.between(1, 40), life.crash);
  return life;
}

void Run::live_once(const Life& life) {
  ++figures_.lives;
  world_.trace("world", "the daemon starts");
  const End end = live(world_, life, world_.random.next());
  if (end == End::crashed) world_.disk.crash_now(life.crash);
  count(end, life.crash);
  world_.disk.crash_in(0, life.crash);
  if (world_.disk.dead()) world_.disk.restart();
}

void Run::count(End end, Disk::Crash crash) {
  if (end == End::stopped) ++figures_.stops;
  if (end == End::failed) ++figures_.failures;
  if (end != End::crashed) return;
  const bool cut = crash == Disk::Crash::power_cut;
  ++(cut ? figures_.power_cuts : figures_.kills);
  world_.trace("world", cut ? "the power is cut" : "the daemon is killed");
}

void Run::all_lives() {
  if (!world_.plan.from_nothing) world_.disk.load(made_database());
  world_.weather.begin();
  for (std::size_t i = 0; i < world_.plan.lives && !world_.trace.violation(); ++i) {
    live_once(draw_life());
    world_.agenda.pass(world_.random.about(10ms, 1min));
  }
  last_lives();
  if (!world_.trace.violation()) world_.checker.check_end(World::database);
}

// The faults end while the daemon runs, or before.
void Run::last_lives() {
  const base::Instant calm = world_.clock.now() + world_.random.about(1ms, 2min);
  world_.agenda.at(calm, [this] { world_.weather.end(); });
  const base::Instant all_came = base::Instant(1h) + world_.plan.arriving;
  Life life;
  life.drained_by = std::max(calm, all_came) + Checker::drain_max;
  while (!world_.trace.violation()) {
    const std::uint64_t stops = figures_.stops;
    live_once(life);
    if (figures_.stops > stops) return world_.agenda.run_until(calm);
    world_.agenda.pass(5s);
    if (world_.clock.now() > std::max(life.drained_by, world_.weather.awake_since()) + 1min)
      world_.trace.violated("the daemon can't be started though all faults have ended");
  }
}

Result Run::result() {
  const vodsim::Counts counts = world_.service.counts();
  figures_.seeds = 1;
  figures_.events = counts.events;
  figures_.confirmed = counts.confirmed;
  figures_.delivered = counts.delivered;
  figures_.durable_checks = world_.durable_checks;
  figures_.virtual_s = std::chrono::duration<double>(world_.clock.elapsed()).count();
  return {figures_, world_.trace.violation(), world_.trace.lines()};
}

}  // namespace

Figures& Figures::operator+=(const Figures& other) {
  seeds += other.seeds;
  lives += other.lives;
  power_cuts += other.power_cuts;
  kills += other.kills;
  stops += other.stops;
  failures += other.failures;
  events += other.events;
  confirmed += other.confirmed;
  delivered += other.delivered;
  durable_checks += other.durable_checks;
  virtual_s += other.virtual_s;
  return *this;
}

void prepare() {
  made_database();
  prepare_events();
}

Result simulate(std::uint64_t seed, Trace::Sink sink) {
  prepare();
  Run run(seed, std::move(sink));
  run.all_lives();
  return run.result();
}

}  // namespace simulation
