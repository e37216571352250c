// The clocks of the simulated world: they stand still unless moved.
//
//   boot time   what the daemon's leases and waits run on: never jumps, goes on during a suspend
//   true time   the service's wall clock, in step with boot time
//   utc         the daemon's wall clock: true time, and off by jumps and drift
#pragma once

#include "base/clock.h"
#include "simulation/random.h"

#include <chrono>

namespace simulation {

class VirtualClock final : public base::Clock {
 public:
  base::Instant now() override { return now_; }
  base::Utc utc() override {
    return std::chrono::floor<std::chrono::milliseconds>(true_time() + error());
  }
  [[nodiscard]] base::Utc true_utc() const {
    return std::chrono::floor<std::chrono::milliseconds>(true_time());
  }

  // Time since the world began.
  [[nodiscard]] Duration elapsed() const { return now_ - begin(); }

  // Not into the past.
  void move_to(base::Instant when) { now_ = std::max(now_, when); }

  void jump_utc(Duration by) { error_ += by; }
  void set_drift(double share) {
    error_ = error();
    drift_ = share;
    drifts_since_ = now_;
  }
  // What a time service does.
  void correct_utc() {
    set_drift(0);
    error_ = {};
  }

 private:
  static constexpr base::Instant begin() { return base::Instant(std::chrono::hours(1)); }
  [[nodiscard]] std::chrono::sys_time<Duration> true_time() const {
    return std::chrono::sys_days(std::chrono::year(2026) / 11 / 21) + elapsed();
  }
  [[nodiscard]] Duration error() const {
    const double passed = static_cast<double>((now_ - drifts_since_).count());
    return error_ + Duration(static_cast<Duration::rep>(passed * drift_));
  }

  base::Instant now_ = begin();
  base::Instant drifts_since_ = begin();
  Duration error_{};
  double drift_ = 0;
};

}  // namespace simulation
