// Tidying: when the inbox deletes what is beyond its bounds.  Once an hour, and soon after rows
// have come when their number or size is bounded; then turn by turn until nothing is left to do.
// Never while arrivals wait to be saved, nor while the store is down, nor at the end.
#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "inbox/inbox.h"
#include "relay/relay.h"

#include <cstdint>

namespace relay {

class Tidying {
 public:
  Tidying(Relay& relay, inbox::Inbox& inbox, base::Clock& clock, base::Log& log)
      : relay_(relay), inbox_(inbox), clock_(clock), log_(log) {}

  void keep(const inbox::Bounds& bounds);

  // Rows have come.
  void saved(const inbox::SaveResult& result);

  // A step, if one is due.  What SQLite refuses is tried again in a minute; what must end the
  // process is thrown on.
  void turn();

  [[nodiscard]] base::Instant due_at() const { return due_at_; }
  void stop() {
    stopped_ = true;
    due_at_ = base::Instant::max();
  }

 private:
  void take(const inbox::Inbox::Tidied& tidied);

  // From the first step to the one that leaves nothing.
  struct Pass {
    std::int64_t events = 0, quarantined = 0, bytes = 0;
    base::BootTime::duration took{0};
  };

  Relay& relay_;
  inbox::Inbox& inbox_;
  base::Clock& clock_;
  base::Log& log_;
  bool by_rows_ = false;      // what comes may make others go
  std::size_t new_rows_ = 0;  // since the last pass
  bool stopped_ = false;
  base::Instant due_at_{};
  Pass pass_;
};

}  // namespace relay
