// The machine against a service with round trips, holds, leases and limits, and a store that takes
// its time: a virtual world that goes on millisecond by millisecond.
#pragma once

#include "relay/machine.h"

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace played {

class Service {
 public:
  base::BootTime::duration round_trip{}, lease = vod::lease;
  base::BootTime::duration confirm_takes{};  // beside the round trip
  base::BootTime::duration save_takes{};     // meanwhile the machine does nothing else
  // Of each action, in a second that begins with a request.
  std::size_t pulls_per_s = 100, confirms_per_s = 100;

  Machine m;

  // What was seen.
  std::size_t throttled = 0, leases_ended = 0, refused = 0, saves = 0;
  std::size_t turns_with_requests = 0;
  std::vector<base::BootTime::duration> waited;     // in the queue, until the first pull
  std::vector<base::BootTime::duration> confirmed;  // from arrival, at the service

  // So many events are queued now.
  void arrive(std::size_t count);

  // `each_ms`: what happens beside it.
  void play(
      base::BootTime::duration time, const std::function<void()>& each_ms = [] {});

  // Long polls that wait.
  [[nodiscard]] std::size_t held() const { return held_.size(); }

 private:
  using Event = std::size_t;
  struct Lease {
    Event event;
    base::Instant end;
  };
  struct Limit {
    base::Instant end{};
    std::size_t seen = 0;
    bool admit(base::Instant now, std::size_t most);
  };
  struct Waiting {
    ::relay::Ticket ticket;
    base::Instant since;
  };
  using Agenda = std::multimap<base::Instant, std::function<void()>>;

  void start();
  void serve();
  void deliver();
  void save();
  void saved();
  void end_leases();
  void pull(::relay::Ticket ticket);
  void answer(::relay::Ticket ticket);
  void confirm(const Confirm& confirm);
  void reply(std::function<void()> delivery);

  base::Instant at_;  // what has happened at the service so far
  Agenda requests_, replies_;
  Limit pulls_, confirms_;
  std::deque<Event> queue_;
  std::deque<Waiting> held_;
  std::map<std::string, Lease> leases_;  // by handle
  std::vector<base::Instant> arrived_;   // by event
  std::set<Event> pulled_;
  std::set<std::string> stored_;
  std::size_t handles_ = 0;
  inbox::SaveResult saving_;
  base::Instant saved_at_ = base::Instant::max();
};

// So many of a hundred were no longer than this.
base::BootTime::duration percentile(std::vector<base::BootTime::duration> all, int percent);

}  // namespace played
