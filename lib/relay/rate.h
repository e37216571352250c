// Rate: a token bucket for one action, whose rate gives way when the service says "too many" and
// recovers by and by (additive increase, multiplicative decrease).  The bucket is small, so that a
// start after a pause does not spend a whole second's allowance at once.
#pragma once

#include "base/clock.h"

#include <algorithm>
#include <chrono>

namespace relay {

class Rate {
 public:
  Rate(double per_s_max, double burst, base::Instant now)
      : per_s_max_(per_s_max), per_s_(per_s_max), burst_(burst), tokens_(burst), at_(now) {}

  [[nodiscard]] bool ready(base::Instant now) { return refill(now) >= 1; }
  void take() { tokens_ -= 1; }

  // When the next token is there.
  [[nodiscard]] base::Instant ready_at() const {
    const double missing = std::max(0.0, 1 - tokens_);
    return at_ + std::chrono::nanoseconds(static_cast<long long>(missing / per_s_ * 1e9) + 1);
  }

  void slow_down() { per_s_ = std::max(1.0, per_s_ / 2); }
  void succeeded() { per_s_ = std::min(per_s_max_, per_s_ + 0.5); }

 private:
  double refill(base::Instant now) {
    if (now > at_) {
      tokens_ =
          std::min(burst_, tokens_ + std::chrono::duration<double>(now - at_).count() * per_s_);
      at_ = now;
    }
    return tokens_;
  }

  double per_s_max_;
  double per_s_;
  double burst_;
  double tokens_;
  base::Instant at_;
};

}  // namespace relay
