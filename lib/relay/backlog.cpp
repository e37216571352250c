#include "relay/backlog.h"

namespace relay {

void Backlog::pull_gave(Ticket ticket, std::size_t events, base::Instant now) {
  const auto pull = pulls_.extract(ticket);
  if (!pull) return;
  if (events >= vod::events_per_pull_max) {
    full_at_ = now;
    behind_ = true;
    return;
  }
  if (events > 0 && now - full_at_ < vod::lease) return;
  behind_ = false;
  if (sighting_ || pull.mapped() < leases_unknown_until_) return;
  const Ticket last = pulls_.empty() ? ticket : pulls_.rbegin()->first;
  sighting_ = {.at = pull.mapped(), .last = last};
}

void Backlog::pull_failed(Ticket ticket, bool may_have_leased, base::Instant now) {
  pulls_.erase(ticket);
  if (may_have_leased) let_go(now);
}

void Backlog::let_go(base::Instant now) {
  sighting_.reset();
  leases_unknown_until_ = now + vod::lease + vod::lease_margin;
}

bool Backlog::all_saved() {
  const bool settled = sighting_ && (pulls_.empty() || pulls_.begin()->first > sighting_->last);
  if (!settled) return false;
  empty_at_ = std::max(empty_at_, sighting_->at);
  seen_empty_ = true;
  sighting_.reset();
  return true;
}

}  // namespace relay
