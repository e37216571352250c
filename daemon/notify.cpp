#include "daemon/notify.h"

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace vodeventd {
namespace {

using namespace std::chrono_literals;

constexpr auto status_pace = 1s;

// Each look costs a wake-up, and an idle daemon has hardly any others.
constexpr auto pace_max = 2s;

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::int64_t number(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// The variables may have been inherited from a process that was meant.
std::chrono::microseconds watchdog_period() {
  const std::string_view pid = variable("WATCHDOG_PID");
  if (!pid.empty() && number(pid) != getpid()) return 0us;
  return std::chrono::microseconds(
      std::clamp<std::int64_t>(number(variable("WATCHDOG_USEC")), 0, 86'400'000'000));
}

std::int64_t monotonic_us() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_nsec / 1'000;
}

}  // namespace

Supervisor::Supervisor()
    : socket_(std::string(variable("NOTIFY_SOCKET"))), watchdog_(watchdog_period()) {}

void Supervisor::ready() { ready_due_ = !socket_.send("READY=1"); }

// A manager that does not take these two only knows less.
void Supervisor::stopping() { [[maybe_unused]] const bool taken = socket_.send("STOPPING=1"); }
void Supervisor::reloading() {
  [[maybe_unused]] const bool taken =
      socket_.send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(monotonic_us()));
}

void Supervisor::extend(std::chrono::microseconds time) {
  [[maybe_unused]] const bool taken =
      socket_.send("EXTEND_TIMEOUT_USEC=" + std::to_string(time.count()));
}

void Supervisor::status(const std::string& line, base::Instant now) {
  if (line == status_ || now < status_at_) return;
  if (socket_.send("STATUS=" + line)) status_ = line;
  status_at_ = now + status_pace;
}

void Supervisor::turned(base::Instant now) {
  if (ready_due_) ready();
  if (watchdog_ == 0us || now < alive_at_) return;
  if (socket_.send("WATCHDOG=1")) alive_at_ = now + watchdog_ / 2;
}

// A quarter of the period: the ping that is due after a half then leaves at three quarters at the
// latest.
std::chrono::nanoseconds Supervisor::pace() const {
  if (watchdog_ == 0us) return pace_max;
  return std::clamp<std::chrono::nanoseconds>(watchdog_ / 4, 1ms, pace_max);
}

}  // namespace vodeventd
