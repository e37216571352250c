// How many events wait at the service, about: DescribeEventsState, asked once a minute while
// replies come full, and not at all while they do not.  The service's number is seconds to minutes
// old.  For metrics alone; where the key may not ask, it is left at that for an hour.
#pragma once

#include "base/clock.h"
#include "relay/driver.h"
#include "vod/client.h"

#include <deque>
#include <optional>

namespace vodeventd {

class QueueCount {
 public:
  // Both must outlive it.
  QueueCount(vod::Client& client, const relay::Driver& driver) : client_(client), driver_(driver) {}

  // Every second: asks when it is time.
  void tick(base::Instant now);

  // An answer that the driver did not ask for.
  void take(const vod::Answer& answer, base::Instant now);

  // Empty when nobody knows.
  [[nodiscard]] std::optional<double> events(base::Instant now) const;

  // The time in which so many will be gone, at the net rate of the last minutes, in seconds;
  // infinite while they do not become fewer.
  [[nodiscard]] std::optional<double> drain_s(base::Instant now) const;

 private:
  struct Sample {
    base::Instant at;
    double events;
  };

  vod::Client& client_;
  const relay::Driver& driver_;
  base::Instant ask_at_{};
  std::optional<vod::Call> asked_;
  std::deque<Sample> samples_;  // of the last minutes
};

}  // namespace vodeventd
