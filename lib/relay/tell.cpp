#include "relay/tell.h"

#include "relay/messages.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <string_view>

namespace relay {
namespace {

using base::Field;

std::int64_t ms(base::BootTime::duration time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

// Where they came from: the pull, or how many there were.
Field source_of(std::span<const inbox::Arrival> arrivals) {
  std::set<std::string_view> requests;
  for (const inbox::Arrival& arrival : arrivals) requests.insert(arrival.request_id);
  if (requests.size() == 1) return {"request_id", *requests.begin()};
  return {"pulls", requests.size()};
}

void tell_failure(base::Log& log, const base::Message& message, const Notice& notice) {
  const vod::Failure& failure = *notice.failure;
  log(message, {{"error_class", to_string(failure.error_class)},
                {"error_code", failure.code},
                {"message", failure.message},
                {"request_id", failure.request_id},
                {"attempt", notice.attempts},
                {"backoff_ms", notice.wait.count()},
                {"advice", vod::advice_on(failure)}});
}

void tell_trouble(base::Log& log, const Notice& notice) {
  const inbox::Trouble& trouble = *notice.trouble;
  log(messages::could_not_store, {{"error", trouble.error},
                                  {"error_code", trouble.code},
                                  {"errno", trouble.errno_text},
                                  {"attempt", notice.attempts},
                                  {"backoff_ms", notice.wait.count()},
                                  {"advice", trouble.advice}});
}

void tell_end(base::Log& log, const base::Message& message, const Notice& notice) {
  log(message, {{"after_s", notice.lasted.count()}, {"attempts", notice.attempts}});
}

void tell_conflict(base::Log& log, const inbox::Arrival& arrival) {
  log(messages::conflict, {{"event_handle", arrival.handle},
                           {"event_type", arrival.event_type},
                           {"request_id", arrival.request_id}});
}

void tell_quarantined(base::Log& log, const inbox::Arrival& arrival) {
  log(arrival.handle.empty() ? messages::quarantined_for_ever : messages::quarantined,
      {{"reason", arrival.unreadable},
       {"event_handle", arrival.handle},
       {"event_type", arrival.event_type},
       {"request_id", arrival.request_id}});
}

}  // namespace

void tell(base::Log& log, const Notice& notice) {
  using Kind = Notice::Kind;
  switch (notice.kind) {
    case Kind::unreachable:
      return tell_failure(log, messages::could_not_pull, notice);
    case Kind::reachable:
      return tell_end(log, messages::pulled_again, notice);
    case Kind::suspicious_idle:
      return log(messages::not_found_at_once, {{"message", notice.text}});
    case Kind::store_failed:
      return tell_trouble(log, notice);
    case Kind::store_recovered:
      return tell_end(log, messages::stored_again, notice);
    case Kind::confirm_failed:
      return tell_failure(log, messages::could_not_confirm, notice);
    case Kind::confirm_recovered:
      return log(messages::confirmed_again, {{"attempts", notice.attempts}});
    case Kind::given_up:
      return log(messages::given_up, {{"events", notice.count}});
    case Kind::stranded:
      return log(messages::abandoned, {{"pulls", notice.count}});
  }
}

void tell_saved(base::Log& log, std::span<const inbox::Arrival> arrivals,
                const inbox::SaveResult& result, base::BootTime::duration took) {
  using inbox::Outcome;
  if (result.outcomes.empty()) return;
  const auto odd =
      std::count_if(arrivals.begin(), arrivals.end(),
                    [](const inbox::Arrival& arrival) { return !arrival.diagnostics.empty(); });
  log(messages::stored,
      {{"events", result.count(Outcome::stored)},
       {"redelivered", result.count(Outcome::redelivered) + result.count(Outcome::relinked)},
       {"quarantined", result.count(Outcome::quarantined) + result.count(Outcome::conflict)},
       {"with_diagnostics", odd},
       {"took_ms", ms(took)},
       source_of(arrivals)});
  for (std::size_t i = 0; i < result.outcomes.size(); ++i) {
    if (result.outcomes[i] == Outcome::conflict) tell_conflict(log, arrivals[i]);
    if (result.outcomes[i] == Outcome::quarantined) tell_quarantined(log, arrivals[i]);
  }
}

}  // namespace relay
