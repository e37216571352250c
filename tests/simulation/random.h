// Random: one stream of decisions, the same for the same seed.  Each part of a world has a stream
// of its own, so that one more decision here does not change all that happens there.
#pragma once

#include "base/clock.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <random>

namespace simulation {

using Duration = base::BootTime::duration;

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed * 0x9e3779b97f4a7c15U + 1) {}

  std::uint64_t next() { return engine_(); }
  Random fork() { return Random(next()); }

  // 0 <= … < 1; scaled by hand, as the library's distributions differ between implementations.
  double share() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  bool chance(double probability) { return share() < probability; }

  std::uint64_t below(std::uint64_t limit) { return next() % limit; }
  std::uint64_t between(std::uint64_t least, std::uint64_t most) {
    return least + below(most - least + 1);
  }
  Duration between(Duration least, Duration most) {
    return least + Duration(static_cast<Duration::rep>(
                       share() * static_cast<double>((most - least).count())));
  }

  // Between the two as well, but each order of magnitude is as likely as the next.
  Duration about(Duration least, Duration most) {
    const double low = std::log(static_cast<double>(least.count()));
    const double high = std::log(static_cast<double>(most.count()));
    return Duration(static_cast<Duration::rep>(std::exp(low + share() * (high - low))));
  }

  template <class Choices>
  const auto& pick(const Choices& choices) {
    return choices[below(std::size(choices))];
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace simulation
