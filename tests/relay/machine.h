// The machine alone, with the time in the test's hands: what has completed goes in, operations come
// out.
#pragma once

#include "relay/relay.h"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace played {

using namespace std::chrono_literals;
using ::relay::Confirm;
using ::relay::Notice;
using ::relay::Pull;
using ::relay::Relay;

inline vod::Failure failure(vod::ErrorClass error_class, std::string code = "x") {
  vod::Failure result;
  result.error_class = error_class;
  result.code = std::move(code);
  return result;
}

struct Machine {
  base::Instant now{1h};
  Relay relay;
  int events = 0;

  explicit Machine(Relay::Settings settings = {}) : relay(settings, 1, now) {}

  std::optional<relay::Ticket> pull() {
    const auto operation = relay.next(now);
    const auto* pull = std::get_if<Pull>(&operation);
    return pull ? std::optional(pull->ticket) : std::nullopt;
  }
  std::optional<Confirm> confirm() {
    const auto operation = relay.next(now);
    const auto* confirm = std::get_if<Confirm>(&operation);
    return confirm ? std::optional(*confirm) : std::nullopt;
  }
  std::size_t pulls() {
    std::size_t count = 0;
    while (pull()) ++count;
    return count;
  }
  void arrive(relay::Ticket ticket, std::size_t count, std::size_t event_bytes = 2) {
    relay::Pulled result;
    result.first_byte = now;
    for (std::size_t i = 0; i < count; ++i) {
      inbox::Arrival arrival;
      arrival.handle = "h" + std::to_string(++events);
      arrival.json.assign(event_bytes, ' ');
      result.arrivals.push_back(std::move(arrival));
    }
    relay.pulled(ticket, std::move(result), now);
  }
  void save() {
    inbox::SaveResult result;
    result.outcomes.assign(relay.to_save(now).size(), inbox::Outcome::stored);
    relay.saved(result, now);
  }
  std::vector<Notice::Kind> notices() {
    std::vector<Notice::Kind> kinds;
    for (const Notice& notice : relay.take_notices()) kinds.push_back(notice.kind);
    return kinds;
  }
};

}  // namespace played
