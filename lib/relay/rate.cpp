#include "relay/rate.h"

#include <algorithm>

namespace relay {
namespace {

constexpr std::chrono::seconds second{1};

// Of the limit: how much is made use of, how much may leave at once, and how much waits for each
// other in a group.
constexpr double used_share = 0.97;
constexpr double burst_share = 0.06;
constexpr double group_share = 0.03;
constexpr double limit_min_per_s = 1;

static_assert(group_share < burst_share, "a turn that is late loses nothing");

// Of the limit that the service tells, in a second.
constexpr double growth_share = 0.04;

// What is left of a limit that was too high: so much of what was admitted, within these bounds.
constexpr double admitted_share = 0.95;
constexpr double kept_share_min = 0.25;
constexpr double kept_share_max = 0.95;

constexpr std::chrono::seconds lowered_counts_for{30};

// After a refusal.  Just at the limit the service admits more in a moment, far beyond it does not.
constexpr std::chrono::milliseconds pause_max{200};

double pace_of(double limit) { return limit * used_share; }
double burst_of(double limit) { return std::max(1.0, limit * burst_share); }

}  // namespace

Rate::Rate(double limit_per_s, base::Instant now)
    : limit_max_(limit_per_s),
      limit_(limit_per_s),
      bucket_(pace_of(limit_per_s), burst_of(limit_per_s), now),
      sent_(most()),
      admitted_(most()),
      at_(now) {}

// Requests within the window.
std::size_t Rate::most() const { return static_cast<std::size_t>(std::max(1.0, limit_)); }

void Rate::pass_time(base::Instant now) {
  if (now <= at_) return;
  sent_.forget_until(now - window);
  admitted_.forget_until(now - second);
  if (limit_ < limit_max_) {
    const double seconds = std::chrono::duration<double>(now - at_).count();
    limit_ = std::min(limit_max_, limit_ + seconds * growth_share * limit_max_);
    bucket_.pace(pace_of(limit_), burst_of(limit_), now);
  }
  at_ = now;
}

std::size_t Rate::ready(base::Instant now) {
  pass_time(now);
  const double level = bucket_.level(now);
  if (level < 1 || now < paused_until_ || sent_.size() >= most()) return 0;
  return std::min(static_cast<std::size_t>(level), most() - sent_.size());
}

void Rate::sent(base::Instant now) {
  pass_time(now);
  bucket_.take();
  sent_.add(now);
}

base::Instant Rate::ready_at(std::size_t count) const {
  const base::Instant ready = std::max(bucket_.reaches(static_cast<double>(count)), paused_until_);
  const std::size_t sent = sent_.size() + count;
  return sent <= most() ? ready : std::max(ready, sent_[sent - most() - 1] + window);
}

base::BootTime::duration Rate::time_for(std::size_t count) const {
  const double sure = at_ - lowered_counts_for < lowered_at_ ? lowered_to_ : limit_;
  const std::chrono::duration<double> seconds(static_cast<double>(count) / pace_of(sure));
  return std::chrono::duration_cast<base::BootTime::duration>(seconds);
}

std::size_t Rate::group() const {
  return std::max<std::size_t>(1, static_cast<std::size_t>(limit_ * group_share));
}

void Rate::admitted(base::Instant now) {
  pass_time(now);
  admitted_.add(now);
}

void Rate::refused(base::Instant sent, base::Instant now) {
  pass_time(now);
  if (sent <= lowered_at_) return;
  if (now - second >= lowered_at_)
    lower(now);
  else
    paused_until_ = now + pause_max;
}

void Rate::lower(base::Instant now) {
  const double kept_share =
      std::clamp(admitted_share * static_cast<double>(admitted_.size()) / limit_, kept_share_min,
                 kept_share_max);
  limit_ = std::max(limit_min_per_s, limit_ * kept_share);
  bucket_.pace(pace_of(limit_), burst_of(limit_), now);
  lowered_at_ = now;
  lowered_to_ = limit_;
  const double severity = std::min(1.0, 2 * (1 - kept_share));
  paused_until_ = now + std::chrono::duration_cast<base::BootTime::duration>(pause_max * severity);
}

}  // namespace relay
