// Backoff: how long to wait after a failure.  Exponential with jitter: a random time from 100 ms to
// a limit that doubles from 200 ms to 20 s, so that many clients do not come back at one moment.
#pragma once

#include "vod/limits.h"

#include <algorithm>
#include <chrono>
#include <random>

namespace relay {

class Backoff {
 public:
  std::chrono::milliseconds next(std::mt19937_64& random) {
    const auto limit = std::min<std::chrono::milliseconds>(
        vod::backoff_max, vod::backoff_first * (1LL << std::min(failures_, 10)));
    ++failures_;
    return std::chrono::milliseconds(std::uniform_int_distribution<std::chrono::milliseconds::rep>(
        std::chrono::milliseconds(vod::backoff_first).count() / 2, limit.count())(random));
  }
  void reset() { failures_ = 0; }
  [[nodiscard]] int failures() const { return failures_; }

 private:
  int failures_ = 0;
};

}  // namespace relay
