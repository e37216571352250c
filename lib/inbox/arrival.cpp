#include "inbox/arrival.h"

#include <algorithm>

namespace inbox {

std::size_t SaveResult::count(Outcome outcome) const {
  return static_cast<std::size_t>(std::count(outcomes.begin(), outcomes.end(), outcome));
}

}  // namespace inbox
