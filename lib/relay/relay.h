// The relay: pull -> save -> confirm, as a machine without input or output of its own.  What has
// completed and what time it is go in, operations to start come out.  No clock, socket, file or
// thread is in it, so the same code runs the service and a simulation of it.
//
//   waiting --pull--> leased --save--> stored --confirm--> confirmed
//      ^                 |                |
//      `--- lease over --+----------------'    (a stored event that comes again is confirmed again)
//
// Invariants
//  1. A handle is confirmed only after its row survived an fsync: only saved() feeds the confirms.
//  2. A lease that has run out is not confirmed but awaited.
//  3. Every operation in flight has a deadline: the transport's, and stop()'s for all that remain.
//  4. pulled = stored + redelivered + relinked + quarantined + conflicts + abandoned + held.
//  5. What is held between pull and confirm is bounded: no pull starts that could bring it beyond
//     the confirms' window, when held_bytes_max is reached, or when at the pace of late it would
//     take longer than held_max to save and confirm it.  One pull at a time is always allowed.
//  6. A pull never waits for a confirm, unless 5. says so or confirms are refused altogether.
//  7. What has arrived is saved at once; while there is a backlog within gather_max.
//  8. A request leaves as soon as it may; while there is a backlog they leave a few at a time.
#pragma once

#include "base/bucket.h"
#include "base/clock.h"
#include "inbox/inbox.h"
#include "inbox/trouble.h"
#include "relay/confirms.h"
#include "relay/pulls.h"
#include "relay/repeats.h"
#include "vod/errors.h"
#include "vod/limits.h"

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace relay {

struct Pull {
  Ticket ticket;
};
struct Confirm {
  Ticket ticket;
  std::vector<std::string> handles;
};
using Operation = std::variant<std::monostate, Pull, Confirm>;

// A pull that succeeded.
struct Pulled {
  std::vector<inbox::Arrival> arrivals;  // empty: nothing queued
  std::string remark;                    // of an empty one: what the service said
  base::Instant first_byte;              // the leases run from here
};

// What is worth a log line; the driver turns it into one.  Failures are told each time: to say them
// less often is the log's affair.
struct Notice {
  enum class Kind {
    unreachable,      // a pull failed: the failure says why
    reachable,        // pulls succeed again
    suspicious_idle,  // "nothing queued" that does not look like it
    store_failed,     // saving failed: nothing is pulled and nothing confirmed
    store_recovered,
    confirm_failed,  // a confirm was not accepted; it is tried again
    confirm_recovered,
    given_up,  // handles refused or run out unconfirmed, told now and then
    stranded,  // pulls that had to be abandoned at the end
  };
  Kind kind;
  std::optional<vod::Failure> failure = {};
  std::optional<inbox::Trouble> trouble = {};  // of the store
  std::string text = {};
  std::uint64_t count = 0;
  int attempts = 0;                   // that failed in a row
  std::chrono::milliseconds wait{0};  // until the next one
  std::chrono::seconds lasted{0};     // of a state that has ended, a part of a second as a whole
};

struct Counters {
  std::uint64_t pulls = 0, event_pulls = 0, empty_pulls = 0, failed_pulls = 0;
  std::uint64_t pulled = 0, stored = 0, redelivered = 0, relinked = 0, quarantined = 0,
                conflicts = 0;
  std::uint64_t abandoned = 0;  // pulled but dropped unsaved, since their leases ran out
  std::uint64_t confirmed = 0, refused = 0, failed_confirms = 0;
};

class Relay {
 public:
  static constexpr std::size_t held_bytes_max = std::size_t{64} << 20;
  static constexpr auto held_max = (vod::lease - vod::lease_margin) / 2;

  struct Settings {
    Pulls::Settings pulls;
    Confirms::Settings confirms;
    bool drain = false;  // finish when the queue has nothing to give
  };

  Relay(Settings settings, std::uint64_t seed, base::Instant now);

  // The next request to start now; monostate: none.
  Operation next(base::Instant now);
  void pulled(Ticket ticket, Pulled result, base::Instant now);
  void pull_failed(Ticket ticket, const vod::Failure& failure, base::Instant now);

  // A pull that is about to be told as failed or empty brought bytes that must not vanish.  They
  // go the way of an event, to quarantine: 16 times at once, then one a minute.
  void keep(Ticket ticket, inbox::Arrival bytes, base::Instant now);
  void confirmed(Ticket ticket, base::Instant now);
  void confirm_failed(Ticket ticket, const vod::Failure& failure, base::Instant now);

  // While there is a backlog a save gathers several replies: for so long, so many events and bytes
  // at most, and not beyond the moment at which it would keep the next pull from starting.
  static constexpr auto gather_max = std::chrono::milliseconds(250);
  static constexpr std::size_t gather_events_max = 512;
  static constexpr std::size_t gather_bytes_max = std::size_t{2} << 20;

  // Everything that has arrived is saved in one transaction, and again later when that failed.
  // An empty span while save_due(): prove that the store can be written.
  [[nodiscard]] bool save_due(base::Instant now) const;
  [[nodiscard]] std::span<const inbox::Arrival> to_save(base::Instant now);
  void saved(const inbox::SaveResult& result, base::Instant now);
  void save_failed(inbox::Trouble trouble, base::Instant now);

  // How fast to go from now on; 0 pulls: what is held is confirmed, and nothing more is pulled.
  void pace(std::size_t pulls_in_flight_max, std::chrono::milliseconds interval) {
    pulls_.pace(pulls_in_flight_max, interval);
    confirms_.in_flight_max(pulls_in_flight_max);
  }

  // What made pulls fail may have been mended: try at once.
  void retry_now(base::Instant now);

  // Pull no more, bring what is held to its end: at most stop_max.
  static constexpr auto stop_max = std::chrono::seconds(8);
  void stop(base::Instant now);

  // Redeliveries are awaited until then: drain does not finish before.
  void await_until(base::Instant when) { await_until_ = when; }

  [[nodiscard]] base::Instant wake_at(base::Instant now) const;
  [[nodiscard]] bool finished(base::Instant now) const;

  // How a drain has ended, or would end now.
  enum class End {
    drained,      // the queue had nothing more to give
    stopped,      // before that, by stop()
    unavailable,  // the service can't be reached, or refuses us
    store,        // nothing can be stored
  };
  [[nodiscard]] End end() const { return end_; }

  // Another save will follow soon: something has arrived, or there is a backlog to pull from.
  [[nodiscard]] bool save_ahead() const;
  [[nodiscard]] bool store_down() const { return store_down_; }
  [[nodiscard]] bool confirms_pending() const { return confirms_.pending() > 0; }
  // The handles of those, sorted.  Good until the next call.
  [[nodiscard]] std::vector<std::string_view> awaiting_confirm() const {
    return confirms_.handles();
  }
  [[nodiscard]] const Counters& counters() const { return counters_; }
  [[nodiscard]] bool pulling() const { return pulls_.on(); }
  [[nodiscard]] std::size_t pulls_in_flight() const { return pulls_.in_flight(); }
  [[nodiscard]] std::size_t confirms_waiting() const { return confirms_.pending(); }

  // For those who measure: the ends of leases, less lease_margin, of what is to be saved, in order,
  // and of what a confirm in flight is about; handles that were refused or ran out unconfirmed; and
  // how long no pull may start.
  [[nodiscard]] std::span<const base::Instant> deadlines() const { return deadlines_; }
  [[nodiscard]] std::span<const Confirms::Lease> leases(Ticket confirm) const {
    return confirms_.leases(confirm);
  }
  [[nodiscard]] std::uint64_t given_up() const { return counters_.refused + confirms_.expired(); }
  [[nodiscard]] base::BootTime::duration pull_wait(base::Instant now) const;

  // The code of the failure that holds pulls up now, empty when they succeed; and when one last
  // did.
  [[nodiscard]] const std::string& trouble() const { return trouble_; }
  [[nodiscard]] std::optional<base::Instant> pulled_at() const { return pulled_at_; }
  std::vector<Notice> take_notices();

 private:
  [[nodiscard]] Operation next_request(base::Instant now);
  [[nodiscard]] bool may_pull() const;
  [[nodiscard]] base::BootTime::duration time_for(std::size_t events) const;
  [[nodiscard]] bool gathers() const;
  [[nodiscard]] base::Instant save_time() const;
  void note_idle(const Pulled& result, bool held);
  void note_unreachable(const vod::Failure& failure, base::Instant now);
  void note_reachable(base::Instant now);
  void note_given_up(base::Instant now);
  void check_drained(base::Instant now);
  void give_up(End end);
  void make_room(std::size_t arrivals);
  void await_lost(base::Instant now);
  void hold(inbox::Arrival arrival, base::Instant deadline, base::Instant now);
  void note_repeats(const inbox::SaveResult& result, base::Instant now);
  void drop_expired_arrivals(base::Instant now);
  Notice& notice(Notice::Kind kind) { return notices_.emplace_back(Notice{.kind = kind}); }

  Settings settings_;
  std::mt19937_64 random_;
  Pulls pulls_;
  Confirms confirms_;
  Ticket last_ticket_ = 0;
  bool group_leaves_ = false;  // of requests that were waiting for each other

  std::vector<inbox::Arrival> arrivals_;  // pulled, not yet saved
  std::vector<base::Instant> deadlines_;  // of their leases, in the same order
  std::size_t arrivals_bytes_ = 0;
  base::Instant arrived_at_;  // the first of them
  base::Bucket kept_rate_;
  Repeats repeats_;
  bool store_down_ = false;
  Backoff store_backoff_;
  base::Instant save_at_;
  base::Instant save_began_;
  base::BootTime::duration save_takes_{};  // of late, rather too long
  base::Instant store_down_since_;

  bool stopping_ = false;
  bool drained_ = false;
  bool gave_up_ = false;
  End end_ = End::stopped;
  base::Instant stop_pulls_at_ = base::Instant::max();
  base::Instant stop_by_ = base::Instant::max();
  base::Instant await_until_;

  std::string trouble_;
  std::optional<base::Instant> pulled_at_;
  std::optional<base::Instant> unreachable_since_;
  int pulls_failed_ = 0;  // in a row
  std::optional<base::Instant> unconfirmed_since_;
  int confirms_failed_ = 0;  // in a row
  int suspicious_idles_ = 0;
  std::uint64_t given_up_told_ = 0;
  base::Instant given_up_at_;  // when it may be told again

  Counters counters_;
  std::vector<Notice> notices_;
};

}  // namespace relay
