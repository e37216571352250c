#include "daemon/queue_count.h"

#include "json/read.h"
#include "vod/errors.h"
#include "vod/events.h"

#include <chrono>
#include <limits>

namespace vodeventd {
namespace {

constexpr auto ask_every = std::chrono::minutes(1);
constexpr auto ask_again_refused = std::chrono::hours(1);
constexpr auto sample_age_max = std::chrono::minutes(3);
constexpr auto rate_over = std::chrono::minutes(10);

}  // namespace

void QueueCount::tick(base::Instant now) {
  if (!driver_.backlog().behind()) return samples_.clear();
  if (asked_ || now < ask_at_) return;
  asked_ = client_.describe_events_state();
  ask_at_ = now + ask_every;
}

void QueueCount::take(const vod::Answer& answer, base::Instant now) {
  if (asked_ != answer.call) return;
  asked_.reset();
  if (const auto& failure = answer.reply.failure) {
    if (vod::reaction_to(failure->error_class) == vod::Reaction::wait)
      ask_at_ = now + ask_again_refused;
    return;
  }
  vod::DescribeEventsStateReply state;
  json::Problems problems;
  json::read(answer.reply.response, state, "Response", problems);
  if (!state.count_of_events_to_pull) return;
  while (!samples_.empty() && now - samples_.front().at > rate_over) samples_.pop_front();
  samples_.push_back({now, static_cast<double>(*state.count_of_events_to_pull)});
}

std::optional<double> QueueCount::events(base::Instant now) const {
  const bool pulling =
      driver_.measures().pull_s.count() > 0 && driver_.measures().pull_failures_in_a_row == 0;
  if (!driver_.backlog().behind()) return pulling ? std::optional(0.0) : std::nullopt;
  if (samples_.empty() || now - samples_.back().at > sample_age_max) return std::nullopt;
  return samples_.back().events;
}

std::optional<double> QueueCount::drain_s(base::Instant now) const {
  const std::optional<double> waiting = events(now);
  if (!waiting || *waiting == 0) return waiting;
  if (samples_.size() < 2) return std::nullopt;
  const Sample& first = samples_.front();
  const double fewer = first.events - *waiting;
  if (fewer <= 0) return std::numeric_limits<double>::infinity();
  return *waiting / fewer * relay::seconds(samples_.back().at - first.at);
}

}  // namespace vodeventd
