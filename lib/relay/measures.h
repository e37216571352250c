// Measures: what the driver has seen of each operation, as plain numbers that cost nothing to keep.
// What is counted of events stands in Counters, relay.h.
#pragma once

#include "base/clock.h"
#include "base/histogram.h"
#include "vod/errors.h"
#include "vod/limits.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace relay {

inline double seconds(base::BootTime::duration time) {
  return std::chrono::duration<double>(time).count();
}

// The least of the values of the last one to two minutes, in two generations.
class Least {
 public:
  void observe(double value, base::Instant now) {
    turn(now);
    newer_ = std::min(newer_.value_or(value), value);
  }
  [[nodiscard]] std::optional<double> at(base::Instant now) const {
    Least turned = *this;
    turned.turn(now);
    if (turned.newer_ && turned.older_) return std::min(*turned.newer_, *turned.older_);
    return turned.newer_ ? turned.newer_ : turned.older_;
  }

 private:
  static constexpr auto span = std::chrono::minutes(1);
  void turn(base::Instant now) {
    if (now - since_ < span) return;
    older_ = now - since_ < 2 * span ? newer_ : std::nullopt;
    newer_.reset();
    since_ = now;
  }

  std::optional<double> newer_, older_;
  base::Instant since_{};  // the newer generation began
};

struct Measures {
  using ByClass =
      std::array<std::uint64_t,
                 static_cast<std::size_t>(vod::ErrorClass::handle_refused) + 1>;  // the last
  static std::size_t index(vod::ErrorClass error_class) {
    return static_cast<std::size_t>(error_class);
  }

  // From the request to the end of the reply, in seconds, failures included.  An empty poll is held
  // for 5 s: what lies below was served, what lies above was held and is a little late, or slow.
  base::Histogram pull_s{0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 4.9, 5.1, 5.5, 7.5, 10};
  base::Histogram confirm_s{0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
  base::Histogram commit_s{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5};

  // From the first byte of the reply that brought an event, where its lease began: to its durable
  // row, and to the service's word that it is confirmed.
  base::Histogram store_delay_s{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                0.25,  0.5,    1,     2.5,  5,     10,   28};
  base::Histogram confirm_delay_s{0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 28, 30};
  Least lease_left_s;  // when the confirm was known to have succeeded

  std::optional<base::Instant> stored_at, confirmed_at;  // events, the last time
  ByClass pull_failures{}, confirm_failures{};
  std::uint64_t pull_failures_in_a_row = 0;

  // `lease_end`: as the relay counts it, less the margin.
  void stored(base::Instant lease_end, base::Instant now) {
    stored_at = now;
    store_delay_s.observe(seconds(vod::lease - vod::lease_margin + now - lease_end));
  }
  void confirmed(base::Instant lease_end, base::Instant now) {
    confirmed_at = now;
    const double left = seconds(lease_end + vod::lease_margin - now);
    lease_left_s.observe(left, now);
    confirm_delay_s.observe(seconds(vod::lease) - left);
  }
};

}  // namespace relay
