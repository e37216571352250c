#include "daemon/ticker.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace vodeventd {

Ticker::Ticker(std::chrono::nanoseconds pace)
    : descriptor_(timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK)) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(pace);
  const timespec each{.tv_sec = seconds.count(), .tv_nsec = (pace - seconds).count()};
  const itimerspec times{.it_interval = each, .it_value = each};
  if (descriptor_ < 0 || timerfd_settime(descriptor_, 0, &times, nullptr) != 0)
    throw std::system_error(errno, std::generic_category(), "start the ticker");
}

Ticker::~Ticker() { close(descriptor_); }

bool Ticker::ticked() {
  std::uint64_t ticks = 0;
  return read(descriptor_, &ticks, sizeof ticks) == static_cast<ssize_t>(sizeof ticks);
}

}  // namespace vodeventd
