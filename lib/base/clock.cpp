#include "base/clock.h"

#include <time.h>

#include <cassert>
#include <cstdio>

namespace base {

Instant SystemClock::now() {
  timespec time{};
  const int result = clock_gettime(CLOCK_BOOTTIME, &time);
  assert(result == 0);
  static_cast<void>(result);
  return Instant(std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
}

Utc SystemClock::utc() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::string iso8601(Utc time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  char text[64];
  const int length = std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                                   int(date.year()), unsigned(date.month()), unsigned(date.day()),
                                   int(clock.hours().count()), int(clock.minutes().count()),
                                   int(clock.seconds().count()), int(clock.subseconds().count()));
  return std::string(text, static_cast<std::size_t>(length));
}

}  // namespace base
