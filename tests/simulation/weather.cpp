#include "simulation/weather.h"

#include <array>
#include <string>
#include <utility>

namespace simulation {
namespace {

using namespace std::chrono_literals;

}  // namespace

Weather::Weather(const Plan& plan, Random random, Agenda& agenda, VirtualClock& clock,
                 Network& network, Disk& disk, Trace& trace)
    : plan_(plan),
      random_(random),
      agenda_(agenda),
      clock_(clock),
      network_(network),
      disk_(disk),
      trace_(trace) {}

void Weather::next_spell() {
  if (over_) return;
  const Duration longest = draw_network();
  draw_disk();
  if (plan_.wall_clock_jumps && random_.chance(0.2)) draw_clock();
  if (random_.chance(0.02)) {
    stall_ = random_.about(1s, 20min);
    trace_("weather", "the machine goes to sleep soon");
  }
  agenda_.after(longest > 0s ? longest : random_.about(200ms, 2min), [this] { next_spell(); });
}

void Weather::end() {
  over_ = true;
  network_.set_shares({});
  faults_ = {};
  disk_.set_faults(faults_);
  slow_sync_ = {};
  stall_ = {};
  trace_("weather", "all faults have ended");
}

// Gives how long the spell has to last, zero for any time.
Duration Weather::draw_network() {
  std::array<double, fates> shares{};
  Duration lasts{};
  if (random_.chance(0.4)) {
    for (std::size_t fate = 1; fate < fates; ++fate)
      if (random_.chance(0.4)) shares[fate] = 0.2 * random_.share();
  } else if (random_.chance(0.1)) {
    const std::size_t fate = random_.between(1, fates - 1);
    shares[fate] = 1;
    if (plan_.long_outages && random_.chance(0.2) && long_outages_left_-- > 0)
      lasts = random_.about(1h, 36h);
    trace_("weather", "an outage of kind " + std::to_string(fate));
  }
  network_.set_shares(shares);
  return lasts;
}

void Weather::draw_disk() {
  faults_ = {};
  slow_sync_ = {};
  if (random_.chance(0.3)) {
    const double chance = 0.05 * random_.share();
    switch (random_.below(7)) {
      case 0:
        faults_.no_room = true;
        break;
      case 1:
        faults_.full = chance;
        break;
      case 2:
        faults_.read_error = chance;
        break;
      case 3:
        faults_.write_error = chance;
        break;
      case 4:
        faults_.sync_error = 4 * chance;
        break;
      case 5:
        faults_.read_only = true;
        break;
      default:
        slow_sync_ = random_.about(100ms, 40s);
    }
    trace_("weather", "the disk is not well");
  }
  disk_.set_faults(faults_);
}

void Weather::draw_clock() {
  constexpr std::array<Duration, 6> jumps = {24h, -24h, 10min, -10min, 30s, -1s};
  switch (random_.below(3)) {
    case 0:
      clock_.correct_utc();
      break;
    case 1:
      clock_.set_drift((random_.share() - 0.5) * 0.02);
      break;
    default:
      clock_.jump_utc(random_.pick(jumps));
  }
  trace_("weather", "the wall clock says " + base::iso8601(clock_.utc()));
}

Duration Weather::take_stall() {
  if (stall_ > 0s) awake_since_ = clock_.now() + stall_;
  return std::exchange(stall_, {});
}

Duration Weather::sync_takes() {
  if (slow_sync_ > 0s && random_.chance(0.3)) return random_.about(1ms, slow_sync_);
  return random_.about(20us, plan_.sync_max);
}

}  // namespace simulation
