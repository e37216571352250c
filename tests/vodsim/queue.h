// The queue behind PullEvents and ConfirmEvents: leases, redelivery, loss.  Pure: no clock, no I/O;
// the time is an argument of every call and never goes back.
//
//   coming --arrives--> waiting --pull--> leased --confirm--> confirmed
//                          ^                 |
//                          |---lease over----'     (or: the confirm was lost on purpose)
//                          `--retention over--> expired
//
//   1. events = coming + waiting + leased + confirmed + expired, at every moment
//   2. an event is confirmed only by the handle of its newest delivery, while its lease runs
//   3. one pull never gives the same event twice
//   4. what is lost depends on the seed and the order of add() alone, never on time
#pragma once

#include "base/clock.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace vodsim {

// How the share given by Rules::loss_percent is lost, each event once.
enum class Loss {
  confirm,  // its first confirm is answered with success and forgotten: it comes at the end of its
            // lease
  lease,  // the lease of its first delivery ends at once: it comes before the confirm, which fails
  request,  // the first ConfirmEvents that names it has no effect and no reply: the connection ends
  reply,    // the first ConfirmEvents that names it takes effect, and the connection ends instead
};

struct Rules {
  base::BootTime::duration lease = std::chrono::seconds(30);
  bool new_handles = true;   // a redelivery gives another handle, the older ones are dead
  bool atomic_batch = true;  // one bad handle refuses the whole ConfirmEvents
  base::BootTime::duration retention = base::BootTime::duration::max();  // dropped when so old
  bool accept_again = false;  // confirming a confirmed event again is a success
  double loss_percent = 0;
  Loss loss = Loss::confirm;
  std::uint64_t seed = 1;
};

// One element of an EventSet, cut at its handle: head + handle + tail is its JSON text.
struct EventText {
  std::string name;  // where it came from, for the ledger
  std::string type;
  std::string head;
  std::string tail;
  std::string own_handle;  // the first delivery carries this one when it is not empty
  bool has_handle = true;  // false: the element has no place for one and can never be confirmed
};

struct Counts {
  std::uint64_t events = 0, coming = 0, waiting = 0, leased = 0, confirmed = 0;
  std::uint64_t expired = 0;
  std::uint64_t delivered = 0, redelivered = 0;
  std::uint64_t confirms_refused = 0;  // ConfirmEvents calls, not handles
};

enum class Verdict {
  confirmed,
  refused,       // at least one handle is unknown, superseded or its lease is over
  request_lost,  // no effect, no reply
  reply_lost,    // effect, no reply
};

class Queue {
 public:
  struct Event {
    EventText text;
    enum class State : std::uint8_t {
      coming,
      waiting,
      leased,
      confirmed,
      expired
    } state = State::coming;
    bool to_lose = false;
    base::Instant arrives;
    std::uint32_t pulls = 0;
    std::vector<std::string_view> handles;  // all ever issued, the newest last
    std::vector<base::Instant> issued;      // when, in the same order
    base::Instant confirmed;                // when, of a confirmed one
  };

  explicit Queue(Rules rules);

  // Visible from `arrives` on; calls come in the order of arrival.
  void add(EventText text, base::Instant arrives);

  // Leases up to `most` events and appends their JSON, separated by commas, to `out`; gives how
  // many.
  std::size_t pull(base::Instant now, std::size_t most, std::string& out);

  Verdict confirm(std::span<const std::string> handles, base::Instant now);

  [[nodiscard]] bool has_waiting(base::Instant now);
  [[nodiscard]] bool drained() const {
    return counts_.confirmed + counts_.expired == counts_.events;
  }

  // The next moment at which an event starts to wait by itself.
  [[nodiscard]] std::optional<base::Instant> next_change();

  [[nodiscard]] Counts counts(base::Instant now);
  [[nodiscard]] const std::deque<Event>& events() const { return events_; }

  // The handles whose confirm was accepted, in that order: the client may rely on it, if the answer
  // has come.
  [[nodiscard]] const std::vector<std::string_view>& settled() const { return settled_; }

 private:
  using Index = std::size_t;
  struct Lease {
    base::Instant end;
    Index index;
    std::uint32_t pull;  // counts only while it is still the event's newest delivery
  };

  void advance(base::Instant now);
  void drop_expired(base::Instant now);
  bool runs(const Lease& lease) const;
  void deliver(Index index, base::Instant now, std::string& out);
  void wait(Index index);
  std::string_view issue(Index index, base::Instant now);
  std::string fresh_handle();
  Event* leased_by(const std::string& handle);
  bool known_confirmed(const std::string& handle);
  bool acceptable(const std::string& handle);
  void settle(const std::string& handle, base::Instant now);
  bool forget_confirm(Event& event);
  Verdict take_loss(std::span<const std::string> handles);

  Rules rules_;
  Counts counts_;
  std::mt19937_64 losses_;  // two engines: pulls draw handles, and must not change what is lost
  std::mt19937_64 handles_;
  std::deque<Event> events_;
  std::deque<std::pair<base::Instant, Index>> coming_;
  std::deque<Index> waiting_;
  std::deque<Lease> leases_;  // all as long: the first to start is the first to end
  // Its nodes keep their place, so the events' handles are views of its keys.  Several events share
  // a handle only where the input did and its handles are kept.
  std::unordered_multimap<std::string, Index> by_handle_;
  std::vector<std::string_view> settled_;
};

}  // namespace vodsim
