// RateLimit: so many requests in each second, counted in windows of a second that begin with the
// first request after the last window.  Pure: the time is an argument.
#pragma once

#include "base/clock.h"

#include <cstdint>

namespace vodsim {

class RateLimit {
 public:
  // 0: no limit.
  explicit RateLimit(std::uint64_t per_second) : per_second_(per_second) {}

  bool admit(base::Instant now) {
    if (now >= window_end_) {
      window_end_ = now + std::chrono::seconds(1);
      admitted_ = 0;
    }
    return per_second_ == 0 || ++admitted_ <= per_second_;
  }

 private:
  std::uint64_t per_second_;
  std::uint64_t admitted_ = 0;
  base::Instant window_end_{};
};

}  // namespace vodsim
