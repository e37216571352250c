#include "daemon/status.h"

#include <chrono>
#include <utility>

namespace vodeventd {
namespace {

using namespace std::chrono_literals;

constexpr auto span = 10s;
constexpr auto up_to_date = 1min;

// 5 s, 12 min, 3 h, 2 d
std::string rough(base::BootTime::duration time) {
  constexpr std::pair<std::chrono::seconds, const char*> units[] = {
      {86'400s, " d"}, {3'600s, " h"}, {60s, " min"}, {1s, " s"}};
  for (const auto& [unit, name] : units)
    if (time >= 2 * unit) return std::to_string(time / unit) + name;
  return "1 s";
}

// To the second, so that the line does not change when nothing else does.
std::string utc_of(base::Instant when, base::Clock& clock) {
  const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(clock.now() - when);
  std::string time = base::iso8601(clock.utc() - age);
  return time.replace(time.find('.'), std::string::npos, "Z");
}

}  // namespace

std::string Status::state() const {
  if (relay_.store_down()) return "nothing can be stored, so nothing is pulled";
  const std::string& trouble = relay_.trouble();
  if (!trouble.empty()) return "cannot pull: " + (trouble == "resolve" ? "DNS" : trouble);
  return relay_.pulled_at() ? "pulling" : "no answer yet";
}

// What an earlier process saw says nothing of now, nor does it of a queue that nobody can ask.
std::string Status::delay(base::Instant now) const {
  if (!backlog_.seen_empty()) return "not up to date yet";
  const auto age = now - backlog_.empty_at();
  const bool well = relay_.trouble().empty() && !relay_.store_down();
  return well && age < up_to_date ? "up to date" : "at most " + rough(age) + " behind";
}

// By whichever way.
std::uint64_t Status::events_per_s(base::Instant now) {
  const receiver::Receiver* receiver = reception_.receiver();
  const std::uint64_t stored =
      relay_.counters().stored + (receiver ? receiver->counters().stored : 0);
  const auto time = now - since_ + last_span_;
  const std::uint64_t events = stored - stored_before_;
  if (now - since_ >= span) {
    stored_before_ = std::exchange(stored_, stored);
    last_span_ = now - std::exchange(since_, now);
  }
  return time < 1s ? events : events * 1'000 / static_cast<std::uint64_t>(time / 1ms);
}

std::string Status::received() const {
  const receiver::Receiver* receiver = reception_.receiver();
  if (!receiver) return "; cannot receive";
  return std::string(receiver->store_failing() ? "; nothing received can be stored"
                                               : "; receiving") +
         ", " + std::to_string(receiver->counters().stored) + " stored of what was sent";
}

std::string Status::line() {
  const base::Instant now = clock_.now();
  const std::string rate = std::to_string(events_per_s(now)) + " events/s";
  const bool confirms = relay_.confirms_waiting() > 0;
  std::string line = "not pulling; " + rate;
  if (relay_.pulling() || confirms)
    line = state() + "; " + delay(now) + "; " + rate + "; " +
           std::to_string(relay_.counters().stored) + " stored, " +
           std::to_string(relay_.confirms_waiting()) + " await their confirm";
  if (relay_.pulled_at()) line += "; last pull " + utc_of(*relay_.pulled_at(), clock_);
  if (reception_.on()) line += received();
  return line;
}

}  // namespace vodeventd
