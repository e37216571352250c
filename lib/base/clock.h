// The two times this program knows.
//
// Instant: CLOCK_BOOTTIME, for leases, deadlines and waits.  It never jumps and goes on while the
//   machine sleeps, so a lease that ran out during a suspend is seen to have run out.
// Utc: wall-clock time in milliseconds, for signatures and for the times people read.  It may jump.
//
// Clock is one of the two seams to the outside world (the other is http::Transport).
#pragma once

#include <chrono>
#include <string>

namespace base {

struct BootTime {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<BootTime>;
  static constexpr bool is_steady = true;
};

using Instant = BootTime::time_point;
using Utc = std::chrono::sys_time<std::chrono::milliseconds>;

struct Clock {
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;
  virtual Instant now() = 0;
  virtual Utc utc() = 0;
};

class SystemClock final : public Clock {
 public:
  Instant now() override;
  Utc utc() override;
};

// 2026-11-21T07:42:00.123Z: sorts as text, and SQLite's date functions read it.
std::string iso8601(Utc time);

}  // namespace base
