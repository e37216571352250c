#include "receiver/tell.h"

#include "receiver/messages.h"

#include <algorithm>
#include <chrono>

namespace receiver {
namespace {

using inbox::Outcome;

// Of one callback who sent it, else how many there were.
base::Field origin_of(std::span<const inbox::Arrival> arrivals) {
  if (arrivals.size() == 1) return {"origin", arrivals.front().origin};
  return {"callbacks", arrivals.size()};
}

}  // namespace

std::string_view word_of(Outcome outcome) {
  if (outcome == Outcome::quarantined) return "quarantined";
  return outcome == Outcome::stored ? "stored" : "redelivered";
}

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::good:
      return "good";
    case Verdict::expired:
      return "expired";
    case Verdict::wrong:
      return "wrong";
    case Verdict::missing:
      return "missing";
  }
  return "";
}

void tell_stored(base::Log& log, std::span<const inbox::Arrival> arrivals,
                 const inbox::SaveResult& result, base::BootTime::duration took) {
  const std::size_t quarantined = result.count(Outcome::quarantined);
  const auto odd = std::ranges::count_if(
      arrivals, [](const inbox::Arrival& arrival) { return !arrival.diagnostics.empty(); });
  const std::size_t stored = result.count(Outcome::stored);
  log(messages::stored,
      {{"events", stored},
       {"redelivered", arrivals.size() - stored - quarantined},
       {"quarantined", quarantined},
       {"with_diagnostics", odd},
       {"took_ms", std::chrono::duration_cast<std::chrono::milliseconds>(took).count()},
       origin_of(arrivals)});
  for (std::size_t i = 0; i < result.outcomes.size(); ++i)
    if (result.outcomes[i] == Outcome::quarantined)
      log(messages::quarantined, {{"reason", arrivals[i].unreadable},
                                  {"event_handle", arrivals[i].handle},
                                  {"event_type", arrivals[i].event_type},
                                  {"origin", arrivals[i].origin}});
}

void tell_stored_again(base::Log& log, base::BootTime::duration lasted, std::uint64_t callbacks) {
  log(messages::stored_again, {{"after_s", std::chrono::ceil<std::chrono::seconds>(lasted).count()},
                               {"callbacks", callbacks}});
}

void tell_trouble(base::Log& log, const inbox::Trouble& trouble, std::size_t callbacks) {
  log(messages::could_not_store, {{"error", trouble.error},
                                  {"error_code", trouble.code},
                                  {"errno", trouble.errno_text},
                                  {"callbacks", callbacks},
                                  {"advice", trouble.advice}});
}

}  // namespace receiver
