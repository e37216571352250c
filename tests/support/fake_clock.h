// A clock that moves only when a test moves it.
#pragma once

#include "base/clock.h"

namespace support {

class FakeClock final : public base::Clock {
 public:
  base::Instant now() override { return now_; }
  base::Utc utc() override { return utc_; }

  void advance(std::chrono::milliseconds time) {
    now_ += time;
    utc_ += time;
  }
  void jump_utc(std::chrono::milliseconds time) { utc_ += time; }

 private:
  base::Instant now_{std::chrono::hours(1)};
  base::Utc utc_{std::chrono::sys_days(std::chrono::year(2026) / 11 / 21)};
};

}  // namespace support
