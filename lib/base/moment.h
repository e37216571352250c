// A moment as people write it on a command line.
#pragma once

#include "base/clock.h"

#include <optional>
#include <string_view>

namespace base {

// A date, 2026-11-21, which is its first instant, or a date and a time: 2026-11-21T08:00,
// 2026-11-21T08:00:07.5, with a blank for the T too; UTC unless an offset follows (Z, +08:00,
// +0800, +08).  Or a span before `now`: 90s, 30m, 2h, 7d.  Within the years 1970 to 9999; a span
// that goes further back ends in 1970.  What is finer than a millisecond is cut off.  Empty for any
// other text.
std::optional<Utc> moment(std::string_view text, Utc now);

}  // namespace base
