#include "relay/confirms.h"

#include "vod/limits.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace relay {
namespace {

// Within a lease of 30 s it is better to ask again than to wait long.
constexpr std::chrono::seconds wait_max{3};

// Left of the lease for the last attempt of a confirm that the service asked to delay.
constexpr std::chrono::seconds last_attempt{2};

}  // namespace

Confirms::Confirms(Settings settings, base::Instant now)
    : settings_(settings),
      rate_(settings.requests_per_s, now),
      next_at_(now),
      awaited_until_(now) {}

void Confirms::add(std::string handle, base::Instant deadline) {
  waiting_.emplace(deadline, std::move(handle));
}

std::optional<std::vector<std::string>> Confirms::next(Ticket ticket, base::Instant now) {
  if (in_flight_.size() >= settings_.in_flight_max || now < next_at_ || rate_.ready(now) == 0)
    return std::nullopt;
  Batch batch = take_batch(now);
  if (batch.leases.empty()) return std::nullopt;
  rate_.sent(now);
  std::vector<std::string> handles;
  for (const Lease& lease : batch.leases) handles.push_back(lease.handle);
  in_flight_handles_ += handles.size();
  in_flight_.emplace(ticket, Sent{std::move(batch.leases), now});
  return handles;
}

// Batches that failed go first, since their leases are older.
Confirms::Batch Confirms::take_batch(base::Instant now) {
  for (auto batch = again_.begin(); batch != again_.end();) {
    if (batch->not_before > now) {
      ++batch;
      continue;
    }
    Batch taken = std::move(*batch);
    batch = again_.erase(batch);
    again_count_ -= taken.leases.size();
    drop_expired(taken.leases, now);
    if (!taken.leases.empty()) return taken;
  }
  Batch fresh;
  while (!waiting_.empty() && fresh.leases.size() < vod::handles_per_confirm_max) {
    auto node = waiting_.extract(waiting_.begin());
    Lease lease{std::move(node.mapped()), node.key()};
    if (lease.deadline <= now) {
      ++expired_;
      give_up(lease);
    } else if (std::ranges::find(fresh.leases, lease.handle, &Lease::handle) ==
               fresh.leases.end()) {  // one that came twice in a reply is named once
      fresh.leases.push_back(std::move(lease));
    }
  }
  return fresh;
}

void Confirms::drop_expired(std::vector<Lease>& leases, base::Instant now) {
  std::erase_if(leases, [&](const Lease& lease) {
    if (lease.deadline > now) return false;
    ++expired_;
    give_up(lease);
    return true;
  });
}

void Confirms::give_up(const Lease& lease) {
  window_ = std::max(window_min, window_ - window_ / 4);
  awaited_until_ = std::max(awaited_until_, lease.deadline + 2 * vod::lease_margin);
}

void Confirms::again(std::vector<Lease> leases, base::Instant not_before) {
  again_count_ += leases.size();
  again_.push_back({std::move(leases), not_before});
}

Confirms::Sent Confirms::take_back(Ticket ticket) {
  auto node = in_flight_.extract(ticket);
  assert(node);
  in_flight_handles_ -= node.mapped().leases.size();
  return std::move(node.mapped());
}

Confirms::Settled Confirms::succeeded(Ticket ticket, base::Instant now) {
  const Sent sent = take_back(ticket);
  const std::size_t confirmed = sent.leases.size();
  observe(now - sent.at);
  backoff_.reset();
  hopeless_ = false;
  rate_.admitted(now);
  window_ = std::min(window_max, window_ + confirmed);
  return {.confirmed = confirmed};
}

// Smoothed, so that one that was slow by chance counts little.
void Confirms::observe(base::BootTime::duration took) {
  round_trip_ = round_trip_ > round_trip_.zero() ? round_trip_ + (took - round_trip_) / 8 : took;
}

Confirms::Settled Confirms::failed(Ticket ticket, const vod::Failure& failure, base::Instant now,
                                   std::mt19937_64& random) {
  Sent sent = take_back(ticket);
  const vod::Reaction reaction = vod::reaction_to(failure.error_class);
  if (reaction == vod::Reaction::split) return split(std::move(sent.leases), now);
  const bool mend = reaction == vod::Reaction::wait || reaction == vod::Reaction::sign_again;
  hopeless_ = mend && backoff_.failures() > 0;
  base::Instant next = now;
  if (reaction == vod::Reaction::slow_down) {
    rate_.refused(sent.at, now);
    next = rate_.ready_at();
  } else {
    const auto wait = std::min<std::chrono::milliseconds>(backoff_.next(random), wait_max);
    next += hopeless_ ? vod::slow_retry : wait;
  }
  if (failure.retry_after) {
    const auto first = std::ranges::min_element(sent.leases, {}, &Lease::deadline);
    next = std::max(next, std::min(now + *failure.retry_after, first->deadline - last_attempt));
  }
  next_at_ = std::max(next_at_, next);
  again(std::move(sent.leases), next);
  return {};
}

Confirms::Settled Confirms::split(std::vector<Lease> leases, base::Instant now) {
  backoff_.reset();
  rate_.admitted(now);
  if (leases.size() == 1) {
    give_up(leases.front());
    return {.refused = 1};
  }
  const auto middle = leases.begin() + static_cast<std::ptrdiff_t>(leases.size() / 2);
  again({std::make_move_iterator(middle), std::make_move_iterator(leases.end())}, now);
  leases.erase(middle, leases.end());
  again(std::move(leases), now);
  return {};
}

base::BootTime::duration Confirms::time_for(std::size_t handles) const {
  const std::size_t batches = handles / vod::handles_per_confirm_max + 1;
  const std::size_t rounds = batches / settings_.in_flight_max + 1;
  return std::max(rate_.time_for(batches), static_cast<int>(rounds) * round_trip_);
}

std::vector<std::string_view> Confirms::handles() const {
  std::vector<std::string_view> all;
  all.reserve(pending());
  const auto add = [&all](const Lease& lease) { all.push_back(lease.handle); };
  for (const auto& [deadline, handle] : waiting_) all.push_back(handle);
  for (const Batch& batch : again_) std::ranges::for_each(batch.leases, add);
  for (const auto& [ticket, sent] : in_flight_) std::ranges::for_each(sent.leases, add);
  std::ranges::sort(all);
  return all;
}

// Leases may still run: the batches that had to wait go out now as well.
void Confirms::retry_now(base::Instant now) {
  next_at_ = now;
  for (Batch& batch : again_) batch.not_before = std::min(batch.not_before, now);
}

bool Confirms::group_due(base::Instant now) {
  return now >= wake_at(true) && rate_.ready(now) >= rate_.group();
}

base::Instant Confirms::wake_at(bool grouped) const {
  if (in_flight_.size() >= settings_.in_flight_max) return base::Instant::max();
  base::Instant first = waiting_.empty() ? base::Instant::max() : base::Instant::min();
  for (const Batch& batch : again_) first = std::min(first, batch.not_before);
  if (first == base::Instant::max()) return first;
  return std::max({first, next_at_, rate_.ready_at(grouped ? rate_.group() : 1)});
}

}  // namespace relay
