// Rate: when the requests of one action may leave, so that the service's limit is reached and not
// exceeded.
//
//  1. They are paced a little below the limit, evenly.  A turn that comes late may send what it
//     missed, a few at once.
//  2. Never more than the limit leave within any `window`, which is longer than the service's
//     second by what the network may bring them closer together.
//  3. Where the service allows less than it says, the limit becomes what it has just admitted, less
//     a margin; at most once a second, and not again for requests that were under way by then.  It
//     grows again with time.
//
// No clock.
#pragma once

#include "base/bucket.h"
#include "base/clock.h"
#include "relay/recent.h"

#include <chrono>
#include <cstddef>

namespace relay {

class Rate {
 public:
  static constexpr auto window = std::chrono::milliseconds(1020);

  Rate(double limit_per_s, base::Instant now);

  // How many requests may leave now.
  [[nodiscard]] std::size_t ready(base::Instant now);
  void sent(base::Instant now);

  // When so many may leave, at most group().
  [[nodiscard]] base::Instant ready_at(std::size_t count = 1) const;

  // How long so many take.  What a limit has grown since it was lowered is not counted on for a
  // while: it may be too high again.
  [[nodiscard]] base::BootTime::duration time_for(std::size_t count) const;

  // How many leave together where each turn that is saved counts more than 30 ms.
  [[nodiscard]] std::size_t group() const;

  // What the service said to a request: that it is not one too many, or that it is; `sent`: when
  // that one had left.
  void admitted(base::Instant now);
  void refused(base::Instant sent, base::Instant now);

 private:
  void pass_time(base::Instant now);
  void lower(base::Instant now);
  [[nodiscard]] std::size_t most() const;

  double limit_max_;  // per second
  double limit_;
  base::Bucket bucket_;
  Recent sent_;       // within the window
  Recent admitted_;   // within the last second
  base::Instant at_;  // the time that has passed is known until then
  base::Instant lowered_at_ = base::Instant::min();
  double lowered_to_ = 0;  // per second
  base::Instant paused_until_ = base::Instant::min();
};

}  // namespace relay
