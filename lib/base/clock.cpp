#include "base/clock.h"

#include <time.h>

#include <cassert>
#include <cstdint>

namespace base {
namespace {

// The last `digits` digits of a number; printf takes ten times as long.
void put(std::string& text, std::size_t at, std::size_t digits, std::int64_t number) {
  for (std::size_t place = at + digits; place-- > at; number /= 10)
    text[place] = static_cast<char>('0' + number % 10);
}

}  // namespace

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
  std::string text = "0000-00-00T00:00:00.000Z";
  put(text, 0, 4, int(date.year()));
  put(text, 5, 2, unsigned(date.month()));
  put(text, 8, 2, unsigned(date.day()));
  put(text, 11, 2, clock.hours().count());
  put(text, 14, 2, clock.minutes().count());
  put(text, 17, 2, clock.seconds().count());
  put(text, 20, 3, clock.subseconds().count());
  return text;
}

}  // namespace base
