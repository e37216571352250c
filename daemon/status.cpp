#include "daemon/status.h"

#include <chrono>

namespace vodeventd {
namespace {

std::string state(const relay::Relay& relay) {
  if (relay.store_down()) return "nothing can be stored, so nothing is pulled";
  if (!relay.trouble().empty()) return "cannot pull: " + relay.trouble();
  return relay.pulled_at() ? "pulling" : "no answer yet";
}

// To the second, so that the line does not change when nothing else does.
std::string utc_of(base::Instant when, base::Clock& clock) {
  const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(clock.now() - when);
  std::string time = base::iso8601(clock.utc() - age);
  return time.replace(time.find('.'), std::string::npos, "Z");
}

}  // namespace

std::string status_line(const relay::Relay& relay, base::Clock& clock) {
  const relay::Counters& counters = relay.counters();
  std::string line = state(relay) + "; " + std::to_string(counters.pulled) + " pulled, " +
                     std::to_string(counters.stored) + " stored, " +
                     std::to_string(relay.confirms_waiting()) + " await their confirm";
  if (relay.pulled_at()) line += "; last pull " + utc_of(*relay.pulled_at(), clock);
  return line;
}

}  // namespace vodeventd
