// How things are, in the line that `systemctl status` shows:
//
//   pulling; up to date; 12 events/s; 8216 stored, 0 await their confirm; last pull
//   2026-11-21T07:42:00Z; receiving, 17 stored of what was sent
//   not pulling; 12 events/s; receiving, 8216 stored of what was sent
#pragma once

#include "base/clock.h"
#include "daemon/reception.h"
#include "relay/backlog.h"
#include "relay/relay.h"

#include <cstdint>
#include <string>

namespace vodeventd {

class Status {
 public:
  // What it refers to must outlive it.
  Status(const relay::Relay& relay, const relay::Backlog& backlog, const Reception& reception,
         base::Clock& clock)
      : relay_(relay),
        backlog_(backlog),
        reception_(reception),
        clock_(clock),
        since_(clock.now()) {}

  // To be asked every few seconds: the rate is that of the last ten to twenty.
  std::string line();

 private:
  [[nodiscard]] std::string state() const;
  [[nodiscard]] std::string delay(base::Instant now) const;
  [[nodiscard]] std::string received() const;
  std::uint64_t events_per_s(base::Instant now);

  const relay::Relay& relay_;
  const relay::Backlog& backlog_;
  const Reception& reception_;
  base::Clock& clock_;
  std::uint64_t stored_ = 0, stored_before_ = 0;  // at the starts of this span and the last one
  base::Instant since_;
  base::BootTime::duration last_span_{0};
};

}  // namespace vodeventd
