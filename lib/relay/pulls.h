// When to pull, and how many at once.
//
// One long poll while the queue is empty.  While replies come full the number in flight grows
// fourfold with each round trip, up to the rate limit, so that the service's limit is the only one
// at any distance.  While events trickle in it grows until each finds a pull that waits at the
// service.  A poll that was held in vain takes one away, a failure half of them.  While the service
// gives the same events again and again the pulls go down to one a second.  No I/O, no clock.
#pragma once

#include "base/clock.h"
#include "relay/backoff.h"
#include "relay/rate.h"
#include "relay/ticket.h"
#include "vod/errors.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <random>

namespace relay {

class Pulls {
 public:
  struct Settings {
    std::size_t in_flight_max = 32;         // 0: none are started
    std::chrono::milliseconds interval{0};  // at least so long from one pull's start to the next
    double requests_per_s = vod::requests_per_s_max;
  };

  Pulls(Settings settings, base::Instant now);

  // Whether a pull may start now.
  [[nodiscard]] bool due(base::Instant now);
  void started(Ticket ticket, base::Instant now);

  // What became of it.  All but a success say when the next may start.  `round_trip`: what a
  // request takes that is not held, zero when that is not known.
  void gave_events(Ticket ticket, std::size_t count, base::BootTime::duration round_trip,
                   base::Instant now);
  void gave_nothing(Ticket ticket, base::Instant now);
  void failed(Ticket ticket, const vod::Failure& failure, base::Instant now,
              std::mt19937_64& random);

  // How fast to go from now on; requests_per_s stays.
  void pace(std::size_t in_flight_max, std::chrono::milliseconds interval);

  // Some may be started, sooner or later.
  [[nodiscard]] bool on() const { return settings_.in_flight_max > 0; }

  // The queue holds more than replies have brought so far: they come full, one after the other, and
  // the next pull starts as soon as the service allows.
  [[nodiscard]] bool behind() const {
    return full_in_a_row_ >= behind_after && settings_.interval.count() == 0;
  }

  // What was in the replies, as far as it is known once they are saved: news, or nothing but events
  // that go round in a circle.
  void brought_news() { circles_ = 0; }
  void went_in_a_circle(base::Instant now);

  // Forgets the wait that a failure asked for.
  void retry_now(base::Instant now) { next_at_ = now; }

  // Before that none is due, whatever else allows it.
  [[nodiscard]] base::Instant next_at() const { return next_at_; }

  // Whether as many may start together as the rate lets wait for each other, or all that the window
  // has room for.
  [[nodiscard]] bool group_due(base::Instant now);

  // When due() may turn true by the passing of time alone; `grouped`: when group_due() may.
  [[nodiscard]] base::Instant wake_at(bool grouped = false) const;

  // Gives up on those in flight.
  std::size_t abandon();

  [[nodiscard]] std::size_t in_flight() const { return started_.size(); }
  [[nodiscard]] bool in_flight(Ticket ticket) const { return started_.contains(ticket); }
  [[nodiscard]] base::BootTime::duration held(Ticket ticket, base::Instant now) const;

 private:
  // One may be full by chance.
  static constexpr int behind_after = 2;

  // How many may be in flight now.
  [[nodiscard]] std::size_t window() const { return std::min(window_, settings_.in_flight_max); }
  [[nodiscard]] std::size_t group() const;
  [[nodiscard]] bool one_waited(base::BootTime::duration round_trip, base::Instant now) const;
  void wait_until(base::Instant when) { next_at_ = std::max(next_at_, when); }

  Settings settings_;
  Rate rate_;
  Backoff backoff_;
  std::map<Ticket, base::Instant> started_;
  std::size_t window_ = 1;      // as large as it has grown
  int full_in_a_row_ = 0;       // replies
  bool window_limits_ = false;  // and nothing else, when it was last asked what is due
  int circles_ = 0;             // in a row
  base::Instant next_at_;
};

}  // namespace relay
