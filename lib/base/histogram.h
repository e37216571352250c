// Histogram: counts observations by the range they fall into.  Plain numbers in a fixed room: what
// observes them neither locks, waits nor allocates.
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>

namespace base {

class Histogram {
 public:
  static constexpr std::size_t bounds_max = 16;

  // `bounds`: where each range ends, itself included; ascending.  One more range has no end.
  Histogram(std::initializer_list<double> bounds) : ranges_(bounds.size()) {
    assert(ranges_ <= bounds_max &&
           std::is_sorted(bounds.begin(), bounds.end(), std::less_equal<>()));
    std::copy(bounds.begin(), bounds.end(), bounds_.begin());
  }

  void observe(double value) noexcept {
    const std::span<const double> ends = bounds();
    ++counts_[static_cast<std::size_t>(std::lower_bound(ends.begin(), ends.end(), value) -
                                       ends.begin())];
    ++count_;
    sum_ += value;
  }

  [[nodiscard]] std::span<const double> bounds() const noexcept {
    return {bounds_.data(), ranges_};
  }

  // Observations in each range, one more than there are bounds.
  [[nodiscard]] std::span<const std::uint64_t> counts() const noexcept {
    return {counts_.data(), ranges_ + 1};
  }
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] double sum() const noexcept { return sum_; }

 private:
  std::size_t ranges_;
  std::array<double, bounds_max> bounds_{};
  std::array<std::uint64_t, bounds_max + 1> counts_{};
  std::uint64_t count_ = 0;
  double sum_ = 0;
};

}  // namespace base
