#include "relay/pulls.h"

#include "vod/limits.h"

#include <algorithm>
#include <cassert>

namespace relay {
namespace {

constexpr std::chrono::milliseconds circle_pace_first{20};

// Each full reply is followed by itself and so many more.
constexpr std::size_t growth_while_full = 3;

}  // namespace

Pulls::Pulls(Settings settings, base::Instant now)
    : settings_(settings), rate_(settings.requests_per_s, now), next_at_(now) {}

bool Pulls::due(base::Instant now) {
  window_limits_ = started_.size() >= window();
  return !window_limits_ && now >= next_at_ && rate_.ready(now) > 0;
}

void Pulls::started(Ticket ticket, base::Instant now) {
  rate_.sent(now);
  started_.emplace(ticket, now);
  window_limits_ = started_.size() >= window();
  if (settings_.interval.count() > 0) wait_until(now + settings_.interval);
}

// Where the rate is the limit the window need not grow.
void Pulls::gave_events(Ticket ticket, std::size_t count, base::BootTime::duration round_trip,
                        base::Instant now) {
  started_.erase(ticket);
  backoff_.reset();
  rate_.admitted(now);
  const bool full = count >= vod::events_per_pull_max;
  full_in_a_row_ = full ? std::min(full_in_a_row_ + 1, behind_after) : 0;
  if (!window_limits_) return;
  if (full)
    window_ += growth_while_full;
  else if (!one_waited(round_trip, now))
    ++window_;
  window_ = std::max<std::size_t>(1, window());
}

// Whether another pull waited at the service when it sent the reply that has just come: both that
// pull's way there and the reply's way here are half a round trip.
bool Pulls::one_waited(base::BootTime::duration round_trip, base::Instant now) const {
  return !started_.empty() && now - started_.begin()->second >= round_trip;
}

// The service holds an empty poll, which paces the loop.  Where it does not, we do.
void Pulls::gave_nothing(Ticket ticket, base::Instant now) {
  const auto entry = started_.find(ticket);
  assert(entry != started_.end());
  const base::Instant paced = entry->second + vod::idle_pace;
  started_.erase(entry);
  backoff_.reset();
  rate_.admitted(now);
  full_in_a_row_ = 0;
  window_ = std::clamp<std::size_t>(window_ - 1, 1, std::max<std::size_t>(1, started_.size()));
  if (now >= paced) return;
  wait_until(paced);
  window_ = 1;
}

void Pulls::went_in_a_circle(base::Instant now) {
  window_ = 1;
  full_in_a_row_ = 0;
  wait_until(now + std::min<std::chrono::milliseconds>(vod::idle_pace,
                                                       circle_pace_first * (1 << circles_)));
  circles_ = std::min(circles_ + 1, 10);
}

void Pulls::failed(Ticket ticket, const vod::Failure& failure, base::Instant now,
                   std::mt19937_64& random) {
  const auto entry = started_.find(ticket);
  assert(entry != started_.end());
  const vod::Reaction reaction = vod::reaction_to(failure.error_class);
  if (reaction == vod::Reaction::slow_down) {
    rate_.refused(entry->second, now);
    wait_until(rate_.ready_at());
  } else {
    window_ = std::max<std::size_t>(1, window_ / 2);
    const bool mend = reaction == vod::Reaction::wait || reaction == vod::Reaction::sign_again;
    wait_until(now + (mend ? vod::slow_retry : backoff_.next(random)));
  }
  started_.erase(entry);
  full_in_a_row_ = 0;
  if (failure.retry_after)
    wait_until(now + std::min(*failure.retry_after, std::chrono::seconds(60)));
}

void Pulls::pace(std::size_t in_flight_max, std::chrono::milliseconds interval) {
  settings_.in_flight_max = in_flight_max;
  settings_.interval = interval;
  window_ = std::max<std::size_t>(1, window());
}

std::size_t Pulls::group() const { return std::min(rate_.group(), window() - started_.size()); }

bool Pulls::group_due(base::Instant now) { return due(now) && rate_.ready(now) >= group(); }

base::Instant Pulls::wake_at(bool grouped) const {
  if (started_.size() >= window()) return base::Instant::max();
  return std::max(next_at_, rate_.ready_at(grouped ? group() : 1));
}

std::size_t Pulls::abandon() {
  const std::size_t count = started_.size();
  started_.clear();
  return count;
}

base::BootTime::duration Pulls::held(Ticket ticket, base::Instant now) const {
  const auto entry = started_.find(ticket);
  assert(entry != started_.end());
  return now - entry->second;
}

}  // namespace relay
