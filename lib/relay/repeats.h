// Repeats: tells events that go round in a circle from those that came again, once, as they should.
//
// A redelivery is due when a lease is over.  One that comes again sooner than that has come from a
// service that forgets confirms or leases.  Remembers the redeliveries of the last half to whole of
// `span`, in two generations, and never more than entries_max of each.  No I/O, no clock.
#pragma once

#include "base/clock.h"
#include "vod/limits.h"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace relay {

class Repeats {
 public:
  explicit Repeats(base::Instant now) : since_(now) {}

  // Notes a redelivery; true when there was another of the same event shortly before.
  bool again(std::string_view fingerprint, base::Instant now) {
    if (now - since_ >= span / 2) {
      older_ = std::exchange(newer_, {});
      if (now - since_ >= span) older_.clear();
      since_ = now;
    }
    const std::size_t event = std::hash<std::string_view>()(fingerprint);
    const bool known = older_.contains(event) || newer_.contains(event);
    if (newer_.size() < entries_max) newer_.insert(event);
    return known;
  }

 private:
  static constexpr auto span = vod::lease - vod::lease_margin;
  static constexpr std::size_t entries_max = 1 << 16;

  std::unordered_set<std::size_t> newer_, older_;
  base::Instant since_;  // the newer generation began
};

}  // namespace relay
