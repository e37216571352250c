// Which handles to confirm next: those of stored events, earliest lease first, at most 16 at a
// time.
//
// A batch that is refused is split in halves until the handle to blame stands alone; the others are
// confirmed, that one awaits its redelivery.  A lease that has run out is never confirmed: its
// event comes again.
//
// The window says how many handles may wait for their confirm, and so how fast it is wise to pull.
// It shrinks with each handle that is refused or runs out and grows with those that are confirmed.
// Without it, confirms that fall behind would come too late for ever: all they had waited for comes
// again, and is pulled again.  No I/O, no clock.
#pragma once

#include "base/clock.h"
#include "relay/backoff.h"
#include "relay/rate.h"
#include "relay/ticket.h"
#include "vod/errors.h"
#include "vod/limits.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace relay {

class Confirms {
 public:
  // Even when each batch has to be split to single handles, so many are confirmed within a lease.
  static constexpr std::size_t window_max = 2048;
  static constexpr std::size_t window_min = vod::handles_per_confirm_max;
  static_assert(window_max < vod::requests_per_s_max * (vod::lease - vod::lease_margin).count());

  struct Settings {
    std::size_t in_flight_max = 32;
    double requests_per_s = vod::requests_per_s_max;
  };

  struct Lease {
    std::string handle;
    base::Instant deadline;
  };

  // What became of the handles of one confirm that came back.
  struct Settled {
    std::size_t confirmed = 0;
    std::size_t refused = 0;  // given up: they await their redelivery
  };

  Confirms(Settings settings, base::Instant now);

  // As many as pulls, but one at least: what is held is confirmed where nothing more is pulled.
  void in_flight_max(std::size_t pulls) {
    settings_.in_flight_max = std::max<std::size_t>(1, pulls);
  }

  // The row of this handle is durable; it may be confirmed until `deadline`.
  void add(std::string handle, base::Instant deadline);

  // The next batch to send now, or none.  Drops leases that have run out.
  std::optional<std::vector<std::string>> next(Ticket ticket, base::Instant now);

  Settled succeeded(Ticket ticket, base::Instant now);
  Settled failed(Ticket ticket, const vod::Failure& failure, base::Instant now,
                 std::mt19937_64& random);

  // Whether as many may leave together as the rate lets wait for each other.
  [[nodiscard]] bool group_due(base::Instant now);

  // When next() may give a batch by the passing of time alone; `grouped`: when group_due() may turn
  // true.
  [[nodiscard]] base::Instant wake_at(bool grouped = false) const;

  // What a confirm in flight is about.
  [[nodiscard]] std::span<const Lease> leases(Ticket ticket) const {
    return in_flight_.at(ticket).leases;
  }

  // Leases that ran out before they could be confirmed, so far.
  [[nodiscard]] std::uint64_t expired() const { return expired_; }

  // What a confirm takes, lately: a round trip, since the service does not hold it.  Zero before
  // the first.
  [[nodiscard]] base::BootTime::duration round_trip() const { return round_trip_; }

  // How long it takes to confirm so many handles, at the pace of late.
  [[nodiscard]] base::BootTime::duration time_for(std::size_t handles) const;

  // Handles that wait for a confirm, in flight or not.
  [[nodiscard]] std::size_t pending() const {
    return waiting_.size() + again_count_ + in_flight_handles_;
  }

  // Which those are, sorted.  Good until the next call.
  [[nodiscard]] std::vector<std::string_view> handles() const;

  [[nodiscard]] std::size_t window() const { return window_; }

  // Confirms were refused for a reason that a person has to mend, twice in a row: until they are
  // tried again it is no use to pull more.
  [[nodiscard]] bool hopeless(base::Instant now) const { return hopeless_ && now < next_at_; }
  [[nodiscard]] base::Instant next_at() const { return next_at_; }
  void retry_now(base::Instant now);

  // The latest end of a lease that was given up: until then a redelivery is awaited.
  [[nodiscard]] base::Instant awaited_until() const { return awaited_until_; }

 private:
  struct Batch {
    std::vector<Lease> leases;
    base::Instant not_before;
  };

  struct Sent {
    std::vector<Lease> leases;
    base::Instant at;
  };

  Batch take_batch(base::Instant now);
  Sent take_back(Ticket ticket);
  void observe(base::BootTime::duration took);
  Settled split(std::vector<Lease> leases, base::Instant now);
  void drop_expired(std::vector<Lease>& leases, base::Instant now);
  void give_up(const Lease& lease);
  void again(std::vector<Lease> leases, base::Instant not_before);

  Settings settings_;
  Rate rate_;
  Backoff backoff_;
  std::multimap<base::Instant, std::string> waiting_;  // by deadline
  std::deque<Batch> again_;                            // to be sent once more, as they are
  std::map<Ticket, Sent> in_flight_;
  std::size_t again_count_ = 0;
  std::size_t in_flight_handles_ = 0;
  base::Instant next_at_;
  base::Instant awaited_until_;
  std::uint64_t expired_ = 0;
  std::size_t window_ = window_max;
  base::BootTime::duration round_trip_{};
  bool hopeless_ = false;
};

}  // namespace relay
