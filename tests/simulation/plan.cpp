#include "simulation/plan.h"

#include "vod/limits.h"

#include <array>

namespace simulation {
namespace {

using namespace std::chrono_literals;

vodsim::Options draw_service(Random& random) {
  constexpr std::array forms = {vodsim::EmptyForm::error, vodsim::EmptyForm::null,
                                vodsim::EmptyForm::missing, vodsim::EmptyForm::array};
  constexpr std::array<std::uint64_t, 4> rates = {0, 100, 20, 5};
  constexpr std::array<Duration, 3> holds = {5s, 1s, 0s};
  vodsim::Options options;
  options.rules.new_handles = random.chance(0.6);
  options.rules.atomic_batch = random.chance(0.5);
  options.rules.accept_again = random.chance(0.3);
  options.rules.seed = random.next();
  if (random.chance(0.2)) {
    options.rules.loss_percent = 10;
    options.rules.loss = vodsim::Loss::lease;
  }
  // What was confirmed and still comes again is an event of its own under another handle.
  if (!options.rules.new_handles && random.chance(0.2)) {
    options.rules.loss_percent = 10;
    options.rules.loss = vodsim::Loss::confirm;
  }
  options.empty = random.pick(forms);
  options.rate_per_s = random.pick(rates);
  options.hold = random.pick(holds);
  return options;
}

}  // namespace

Plan draw_plan(Random& random) {
  constexpr std::array<std::size_t, 4> in_flight = {1, 2, 8, 32};
  Plan plan;
  plan.service = draw_service(random);
  plan.events = random.between(20, 200);
  plan.arriving = random.about(1s, 20min);
  if (random.chance(0.5)) plan.odd_share = random.share() * 0.2;
  if (random.chance(0.3)) plan.twin_share = random.share() * 0.2;
  if (random.chance(0.1)) plan.shared_handles = 0.05;
  plan.lives = random.between(20, 60);
  plan.from_nothing = random.chance(0.02);
  plan.wall_clock_jumps = random.chance(0.3);
  plan.long_outages = random.chance(0.05);
  // The service's four days, when it is cut off for days.
  if (plan.long_outages) plan.service.rules.retention = vod::retention;
  if (random.chance(0.05)) plan.service.rules.retention = random.about(1min, 1h);
  plan.delay_min = random.about(1ms, 50ms);
  plan.delay_max = random.about(plan.delay_min, 3s);
  plan.sync_max = random.about(100us, 50ms);
  plan.pulls_in_flight = random.pick(in_flight);
  // Not drawn, so that seeds that once failed still make the same worlds.
  const std::uint64_t seed = plan.service.rules.seed;
  if (seed % 3 == 0) plan.rows_kept = static_cast<std::int64_t>(1 + seed / 3 % 60);
  return plan;
}

std::string to_string(const Plan& plan) {
  const vodsim::Rules& rules = plan.service.rules;
  std::string out = std::to_string(plan.events) + " events, ";
  out += rules.new_handles ? "new handles" : "same handles";
  out += rules.atomic_batch ? ", atomic batches" : ", batches in part";
  if (rules.accept_again) out += ", a confirm may be repeated";
  if (rules.loss_percent > 0)
    out += rules.loss == vodsim::Loss::lease ? ", leases that end at once" : ", confirms forgotten";
  if (plan.odd_share > 0) out += ", odd elements";
  if (plan.twin_share > 0) out += ", equal events";
  if (plan.shared_handles > 0) out += ", shared handles";
  if (plan.wall_clock_jumps) out += ", the wall clock jumps";
  if (rules.retention < Duration::max())
    out += ", kept for " +
           std::to_string(std::chrono::floor<std::chrono::seconds>(rules.retention).count()) + " s";
  if (plan.rows_kept > 0) out += ", keeps " + std::to_string(plan.rows_kept) + " rows";
  if (plan.from_nothing) out += ", no database yet";
  return out;
}

}  // namespace simulation
