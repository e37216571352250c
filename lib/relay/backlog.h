// Backlog: since when is everything that was in the queue safe?  The service drops an event that
// nobody has pulled for four days, and does not tell how old the oldest is.  But when a pull finds
// the queue empty, all that was in it before that pull began is in the inbox, or is about to be;
// what waits now came later, and is younger than that.
//
// What is sound about it
//  1. The moment is that of the pull's start: an event may come while the reply travels.
//  2. It counts when every pull that was in flight beside it has given what it took, and the inbox
//     has stored that; until then the moment before stands.
//  3. Where a reply may have been lost with its events, or events were let go, nothing counts until
//     their leases are over: the queue does not show what is leased.  After a start neither, since
//     the run before may have left leases.
//  4. Across a restart the moment is kept in the inbox, up to a minute older than it was.  It is
//     kept as UTC: a wall clock that was set back or forth between moves it by as much.
//  5. With no moment known at all, a new inbox, it is that of the first start.  What waited before
//     is older than that; nobody here can know by how much.
//
// What is not proved, but taken from what the service is seen to do
//  a. An empty reply means that nothing waits.  A wrong sub_app_id looks the same.
//  b. So does a reply with fewer events than it has room for, when no reply has been full for a
//     whole lease.  Without this a steady flow of events, of which each pull takes one or two,
//     would never be seen to be up to date.
//  c. Nobody else pulls from this queue: what others have leased is not seen.
//
// It watches the driver's pulls and is asked for metrics and for STATUS: nothing that is promised
// about events depends on it.  No I/O, no clock.
#pragma once

#include "base/clock.h"
#include "relay/ticket.h"
#include "vod/limits.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>

namespace relay {

class Backlog {
 public:
  // Begun at the start of the process; `empty_at`: as an earlier run has left it.
  Backlog(base::Instant now, std::optional<base::Instant> empty_at = {})
      : empty_at_(std::min(empty_at.value_or(now), now)),
        leases_unknown_until_(now + vod::lease + vod::lease_margin),
        full_at_(now - vod::lease) {}

  void pull_started(Ticket ticket, base::Instant now) { pulls_.emplace(ticket, now); }
  void pull_gave(Ticket ticket, std::size_t events, base::Instant now);
  void pull_failed(Ticket ticket, bool may_have_leased, base::Instant now);

  // Events that were held are let go unsaved.
  void let_go(base::Instant now);

  // Nothing that was pulled waits for the inbox.  True when the moment is another now.
  bool all_saved();

  // Everything that was queued before this is safe.
  [[nodiscard]] base::Instant empty_at() const { return empty_at_; }

  // A pull of this process has found the queue empty.
  [[nodiscard]] bool seen_empty() const { return seen_empty_; }

  // The last replies were full: more waits.
  [[nodiscard]] bool behind() const { return behind_; }

 private:
  struct Sighting {
    base::Instant at;
    Ticket last;  // pulls up to this one were in flight
  };

  base::Instant empty_at_;
  base::Instant leases_unknown_until_;
  base::Instant full_at_;  // when a reply was full
  bool behind_ = false, seen_empty_ = false;
  std::map<Ticket, base::Instant> pulls_;  // in flight, since
  std::optional<Sighting> sighting_;
};

}  // namespace relay
