// Bucket: so many at once, then so many a second.  No clock.
#pragma once

#include "base/clock.h"

#include <algorithm>
#include <chrono>

namespace base {

class Bucket {
 public:
  Bucket(double per_s, double burst, Instant now)
      : per_s_(per_s), burst_(burst), tokens_(burst), at_(now) {}

  // How many tokens are there, a part of one as well.
  double level(Instant now) {
    if (now > at_) {
      tokens_ += std::chrono::duration<double>(now - at_).count() * per_s_;
      tokens_ = std::min(tokens_, burst_);
      at_ = now;
    }
    return tokens_;
  }
  void take() { tokens_ -= 1; }

  // When so many will be there, as long as that is within the burst.
  [[nodiscard]] Instant reaches(double level) const {
    const double missing = level - tokens_;
    if (missing <= 0) return at_;
    return at_ + std::chrono::nanoseconds(static_cast<long long>(missing / per_s_ * 1e9) + 1);
  }

  // From now on; what is there stays, as far as the burst allows.
  void pace(double per_s, double burst, Instant now) {
    level(now);
    per_s_ = per_s;
    burst_ = burst;
    tokens_ = std::min(tokens_, burst);
  }

 private:
  double per_s_;
  double burst_;
  double tokens_;
  Instant at_;
};

}  // namespace base
