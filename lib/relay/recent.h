// Recent: when something happened lately, so many times at most; beyond that the oldest is
// forgotten. Allocates once.
#pragma once

#include "base/clock.h"

#include <cassert>
#include <cstddef>
#include <vector>

namespace relay {

class Recent {
 public:
  explicit Recent(std::size_t most) : times_(most) { assert(most > 0); }

  void add(base::Instant time) {
    times_[(first_ + size_) % times_.size()] = time;
    if (size_ < times_.size())
      ++size_;
    else
      drop();
  }
  void forget_until(base::Instant end) {
    for (; size_ > 0 && times_[first_] <= end; --size_) drop();
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  // The oldest is number 0.
  [[nodiscard]] base::Instant operator[](std::size_t index) const {
    assert(index < size_);
    return times_[(first_ + index) % times_.size()];
  }

 private:
  void drop() { first_ = (first_ + 1) % times_.size(); }

  std::vector<base::Instant> times_;
  std::size_t first_ = 0, size_ = 0;
};

}  // namespace relay
