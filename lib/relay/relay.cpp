#include "relay/relay.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace relay {
namespace {

using Kind = Notice::Kind;

// The open long poll may end by itself after stop(), so that no lease is stranded.
constexpr auto pulls_end_after = std::chrono::seconds(6);
static_assert(pulls_end_after > vod::hold && pulls_end_after < Relay::stop_max);

// How long a drain goes on trying when the service or the store fails.
constexpr auto drain_patience = std::chrono::minutes(1);

// How often handles that are given up are told.
constexpr auto given_up_pace = std::chrono::seconds(30);

// How long being throttled is no news.
constexpr auto throttled_patience = std::chrono::seconds(30);

// How many replies that are no answer are kept: so many at once, then so many a second.
constexpr double kept_burst = 16;
constexpr double kept_per_s = 1.0 / 60;

// How many answers "not found" without the hold are too many to be an empty queue.
constexpr int suspicious_idles_max = 5;

std::chrono::milliseconds wait_until(base::Instant then, base::Instant now) {
  return std::chrono::ceil<std::chrono::milliseconds>(std::max(then, now) - now);
}

// Being throttled now and then.
bool is_no_news(const vod::Failure& failure, base::Instant failing_since, base::Instant now) {
  const bool throttled = failure.error_class == vod::ErrorClass::throttled;
  return throttled && now - failing_since < throttled_patience;
}

// Such as were short are a second, not none.
std::chrono::seconds lasted(base::Instant since, base::Instant now) {
  return std::max(std::chrono::seconds(1), std::chrono::ceil<std::chrono::seconds>(now - since));
}

}  // namespace

Relay::Relay(Settings settings, std::uint64_t seed, base::Instant now)
    : settings_(settings),
      random_(seed),
      pulls_(settings.pulls, now),
      confirms_(settings.confirms, now),
      kept_rate_(kept_per_s, kept_burst, now),
      repeats_(now),
      save_at_(now),
      await_until_(now),
      given_up_at_(now) {
  confirms_.in_flight_max(settings.pulls.in_flight_max);
}

// ---- requests -------------------------------------------------------------------------------

Operation Relay::next(base::Instant now) {
  if (now >= stop_pulls_at_ && pulls_.in_flight() > 0) {
    notice(Kind::stranded).count = pulls_.abandon();
  }
  // Of both actions together, so that one turn starts them all.
  group_leaves_ = group_leaves_ || !pulls_.behind() || confirms_.group_due(now) ||
                  (may_pull() && pulls_.group_due(now));
  if (!group_leaves_) return {};
  Operation request = next_request(now);
  group_leaves_ = request.index() > 0;
  return request;
}

Operation Relay::next_request(base::Instant now) {
  if (auto handles = confirms_.next(last_ticket_ + 1, now))
    return Confirm{++last_ticket_, std::move(*handles)};
  note_given_up(now);
  if (!may_pull() || confirms_.hopeless(now) || !pulls_.due(now)) return {};
  pulls_.started(++last_ticket_, now);
  ++counters_.pulls;
  return Pull{last_ticket_};
}

bool Relay::may_pull() const {
  if (stopping_ || drained_ || gave_up_ || store_down_) return false;
  const std::size_t held = arrivals_.size() + confirms_.pending();
  if (held == 0 && pulls_.in_flight() == 0) return true;
  const std::size_t events = held + (pulls_.in_flight() + 1) * vod::events_per_pull_max;
  return events <= confirms_.window() && arrivals_bytes_ <= held_bytes_max &&
         time_for(events) <= held_max;
}

// What arrives during a save waits for the end of that one and for its own.
base::BootTime::duration Relay::time_for(std::size_t events) const {
  return 2 * save_takes_ + confirms_.time_for(events);
}

void Relay::pulled(Ticket ticket, Pulled result, base::Instant now) {
  if (!pulls_.in_flight(ticket)) return;  // abandoned: its events come again
  make_room(result.arrivals.size());
  note_reachable(now);
  trouble_.clear();
  pulled_at_ = now;
  if (result.arrivals.empty()) {
    ++counters_.empty_pulls;
    note_idle(result, pulls_.held(ticket, now) >= vod::idle_pace);
    pulls_.gave_nothing(ticket, now);
    check_drained(now);
    return;
  }
  ++counters_.event_pulls;
  pulls_.gave_events(ticket, result.arrivals.size(), confirms_.round_trip(), now);
  counters_.pulled += result.arrivals.size();
  suspicious_idles_ = 0;
  for (inbox::Arrival& arrival : result.arrivals)
    hold(std::move(arrival), result.first_byte + vod::lease - vod::lease_margin, now);
}

// Where memory may be short it is so before anything has changed.
void Relay::make_room(std::size_t arrivals) {
  const std::size_t needed = arrivals_.size() + arrivals;
  if (needed <= std::min(arrivals_.capacity(), deadlines_.capacity())) return;
  arrivals_.reserve(std::max(needed, 2 * arrivals_.size()));
  deadlines_.reserve(std::max(needed, 2 * arrivals_.size()));
}

void Relay::hold(inbox::Arrival arrival, base::Instant deadline, base::Instant now) {
  if (arrivals_.empty()) arrived_at_ = now;
  arrivals_bytes_ += arrival.json.size();
  arrivals_.push_back(std::move(arrival));
  deadlines_.push_back(deadline);
}

void Relay::keep(Ticket ticket, inbox::Arrival bytes, base::Instant now) {
  if (!pulls_.in_flight(ticket) || kept_rate_.level(now) < 1) return;
  make_room(1);
  kept_rate_.take();
  ++counters_.pulled;
  hold(std::move(bytes), now + vod::lease - vod::lease_margin, now);
  await_lost(now);
}

// Events may have been leased that nobody holds: a drain is not over before they came again.
void Relay::await_lost(base::Instant now) {
  await_until_ = std::max(await_until_, now + vod::lease + vod::lease_margin);
}

void Relay::pull_failed(Ticket ticket, const vod::Failure& failure, base::Instant now) {
  if (!pulls_.in_flight(ticket)) return;
  ++counters_.failed_pulls;
  ++pulls_failed_;
  if (failure.outcome_unknown) await_lost(now);
  trouble_ = failure.code;
  pulls_.failed(ticket, failure, now, random_);
  if (!unreachable_since_) unreachable_since_ = now;
  note_unreachable(failure, now);
  const vod::Reaction reaction = vod::reaction_to(failure.error_class);
  const bool hopeless = reaction == vod::Reaction::wait || reaction == vod::Reaction::sign_again;
  if (hopeless || now - *unreachable_since_ >= drain_patience) give_up(End::unavailable);
}

// A drain ends; run goes on for ever.
void Relay::give_up(End end) {
  if (!settings_.drain || gave_up_) return;
  gave_up_ = true;
  end_ = end;
}

void Relay::note_unreachable(const vod::Failure& failure, base::Instant now) {
  if (is_no_news(failure, *unreachable_since_, now)) return;
  Notice& note = notice(Kind::unreachable);
  note.failure = failure;
  note.attempts = pulls_failed_;
  note.wait = wait_until(pulls_.next_at(), now);
}

void Relay::note_reachable(base::Instant now) {
  if (!unreachable_since_) return;
  Notice& note = notice(Kind::reachable);
  note.attempts = std::exchange(pulls_failed_, 0);
  note.lasted = lasted(*unreachable_since_, now);
  unreachable_since_.reset();
}

// An empty queue is told as an error, ResourceNotFound, after the hold.  One that comes at once,
// again and again, and does not speak of events may mean a wrong application.
void Relay::note_idle(const Pulled& result, bool held) {
  if (held || result.remark.empty() || result.remark.find("no event") != std::string::npos) return;
  if (suspicious_idles_ < suspicious_idles_max) ++suspicious_idles_;
  if (suspicious_idles_ == suspicious_idles_max) notice(Kind::suspicious_idle).text = result.remark;
}

// ---- saving ---------------------------------------------------------------------------------

bool Relay::save_due(base::Instant now) const { return now >= save_time(); }

bool Relay::save_ahead() const { return !arrivals_.empty() || (pulls_.behind() && may_pull()); }

base::Instant Relay::save_time() const {
  if (!store_down_ && arrivals_.empty()) return base::Instant::max();
  return gathers() ? arrived_at_ + gather_max : save_at_;
}

// Each save costs a sync, and several replies can share one.
bool Relay::gathers() const {
  return pulls_.behind() && may_pull() && arrivals_.size() < gather_events_max &&
         arrivals_bytes_ < gather_bytes_max;
}

std::span<const inbox::Arrival> Relay::to_save(base::Instant now) {
  if (store_down_) drop_expired_arrivals(now);
  save_began_ = now;
  return arrivals_;
}

void Relay::saved(const inbox::SaveResult& result, base::Instant now) {
  using inbox::Outcome;
  assert(result.outcomes.size() == arrivals_.size());
  const auto took = now - save_began_;
  save_takes_ = std::max(took, save_takes_ + (took - save_takes_) / 8);
  counters_.stored += result.count(Outcome::stored);
  counters_.redelivered += result.count(Outcome::redelivered);
  counters_.relinked += result.count(Outcome::relinked);
  counters_.quarantined += result.count(Outcome::quarantined);
  counters_.conflicts += result.count(Outcome::conflict);
  note_repeats(result, now);
  for (std::size_t i = 0; i < arrivals_.size(); ++i)
    if (!arrivals_[i].handle.empty()) confirms_.add(std::move(arrivals_[i].handle), deadlines_[i]);
  arrivals_.clear();
  deadlines_.clear();
  arrivals_bytes_ = 0;
  if (std::exchange(store_down_, false)) {
    Notice& note = notice(Kind::store_recovered);
    note.attempts = store_backoff_.failures();
    note.lasted = lasted(store_down_since_, now);
  }
  store_backoff_.reset();
  save_at_ = now;
}

// Each event that comes again costs a transaction.  When all of them came again only a moment ago,
// pulling as fast as the service answers would go on for ever without getting anywhere.
void Relay::note_repeats(const inbox::SaveResult& result, base::Instant now) {
  using inbox::Outcome;
  bool news = result.outcomes.empty();
  for (std::size_t i = 0; i < result.outcomes.size(); ++i) {
    const Outcome outcome = result.outcomes[i];
    const bool known = outcome == Outcome::redelivered || outcome == Outcome::relinked;
    if (!known || !repeats_.again(arrivals_[i].fingerprint, now)) news = true;
  }
  if (news)
    pulls_.brought_news();
  else
    pulls_.went_in_a_circle(now);
}

void Relay::save_failed(inbox::Trouble trouble, base::Instant now) {
  save_at_ = now + store_backoff_.next(random_);
  if (!std::exchange(store_down_, true)) store_down_since_ = now;
  if (now - store_down_since_ >= drain_patience) give_up(End::store);
  Notice& note = notice(Kind::store_failed);
  note.trouble = std::move(trouble);
  note.attempts = store_backoff_.failures();
  note.wait = wait_until(save_at_, now);
}

// Events that could not be saved within their lease are let go: the service delivers them again.
void Relay::drop_expired_arrivals(base::Instant now) {
  for (std::size_t i = arrivals_.size(); i-- > 0;) {
    if (deadlines_[i] > now) continue;
    arrivals_bytes_ -= arrivals_[i].json.size();
    await_until_ = std::max(await_until_, deadlines_[i] + 2 * vod::lease_margin);
    arrivals_.erase(arrivals_.begin() + static_cast<std::ptrdiff_t>(i));
    deadlines_.erase(deadlines_.begin() + static_cast<std::ptrdiff_t>(i));
    ++counters_.abandoned;
  }
}

// ---- confirms -------------------------------------------------------------------------------

void Relay::confirmed(Ticket ticket, base::Instant now) {
  counters_.confirmed += confirms_.succeeded(ticket, now).confirmed;
  unconfirmed_since_.reset();
  if (confirms_failed_ == 0) return;
  notice(Kind::confirm_recovered).attempts = std::exchange(confirms_failed_, 0);
}

void Relay::confirm_failed(Ticket ticket, const vod::Failure& failure, base::Instant now) {
  ++counters_.failed_confirms;
  counters_.refused += confirms_.failed(ticket, failure, now, random_).refused;
  if (confirms_.hopeless(now)) give_up(End::unavailable);
  if (vod::reaction_to(failure.error_class) == vod::Reaction::split) {
    confirms_failed_ = 0;
    unconfirmed_since_.reset();
    return;
  }
  if (!unconfirmed_since_) unconfirmed_since_ = now;
  ++confirms_failed_;
  if (is_no_news(failure, *unconfirmed_since_, now)) return;
  Notice& note = notice(Kind::confirm_failed);
  note.failure = failure;
  note.attempts = confirms_failed_;
  note.wait = wait_until(confirms_.next_at(), now);
}

void Relay::note_given_up(base::Instant now) {
  if (given_up() == given_up_told_ || now < given_up_at_) return;
  notice(Kind::given_up).count = given_up() - std::exchange(given_up_told_, given_up());
  given_up_at_ = now + given_up_pace;
}

// ---- the end --------------------------------------------------------------------------------

void Relay::retry_now(base::Instant now) {
  pulls_.retry_now(now);
  confirms_.retry_now(now);
}

void Relay::stop(base::Instant now) {
  if (stopping_) return;
  stopping_ = true;
  stop_pulls_at_ = now + pulls_end_after;
  stop_by_ = now + stop_max;
}

// An empty reply ends a drain when nothing else is under way and no redelivery is awaited.
void Relay::check_drained(base::Instant now) {
  if (!settings_.drain || pulls_.in_flight() > 0 || !arrivals_.empty() || confirms_.pending() > 0)
    return;
  if (now >= std::max(await_until_, confirms_.awaited_until())) {
    drained_ = true;
    end_ = End::drained;
  }
}

bool Relay::finished(base::Instant now) const {
  if (stopping_ && now >= stop_by_) return true;
  if (!stopping_ && !drained_ && !gave_up_) return false;
  return pulls_.in_flight() == 0 && arrivals_.empty() && confirms_.pending() == 0;
}

base::Instant Relay::wake_at(base::Instant now) const {
  if (finished(now)) return now;
  base::Instant wake = confirms_.wake_at(pulls_.behind());
  wake = std::min(wake, save_time());
  if (stopping_) {
    wake =
        std::min(wake, pulls_.in_flight() > 0 && now < stop_pulls_at_ ? stop_pulls_at_ : stop_by_);
  } else if (may_pull()) {
    const base::Instant pull = pulls_.wake_at(pulls_.behind());
    wake = std::min(wake, confirms_.hopeless(now) ? std::max(pull, confirms_.next_at()) : pull);
  }
  return wake;
}

base::BootTime::duration Relay::pull_wait(base::Instant now) const {
  base::Instant start = std::max(now, pulls_.next_at());
  if (confirms_.hopeless(now)) start = std::max(start, confirms_.next_at());
  if (store_down_) start = std::max(start, save_at_);
  return start - now;
}

std::vector<Notice> Relay::take_notices() { return std::exchange(notices_, {}); }

}  // namespace relay
