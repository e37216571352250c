// The driver joins the relay to the network, the inbox, the clock and the log: it starts what the
// relay asks for, feeds back what has completed, and sleeps until there is something to do.
//
// One of the two places that catch exceptions.  When SQLite refuses a save, the relay is told and
// tries again; when the memory does not suffice for what a pull brought, its bytes go to quarantine
// unread, or the pull is let go and its events come again.  What must end the process is thrown on:
// a failed fsync, after which the page cache can't be trusted, a damaged database, and no memory
// for anything else.
#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "inbox/inbox.h"
#include "relay/backlog.h"
#include "relay/measures.h"
#include "relay/relay.h"
#include "relay/tidying.h"
#include "vod/client.h"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace relay {

class Driver {
 public:
  Driver(Relay& relay, vod::Client& client, inbox::Inbox& inbox, base::Clock& clock,
         base::Log& log);

  // One round: start requests, wait for something to complete, save what has arrived.
  void turn();

  [[nodiscard]] bool finished() { return relay_.finished(clock_.now()); }
  void keep(const inbox::Bounds& bounds) { tidying_.keep(bounds); }
  void retry_now() { relay_.retry_now(clock_.now()); }
  void stop() {
    relay_.stop(clock_.now());
    inbox_.hurry();
    tidying_.stop();
  }

  // Who is given the answers to calls that the driver has not made.
  void on_other(std::function<void(const vod::Answer&)> taker) { on_other_ = std::move(taker); }

  [[nodiscard]] const Measures& measures() const { return measures_; }
  [[nodiscard]] const Backlog& backlog() const { return backlog_; }

 private:
  struct Confirming {
    Ticket ticket;
    std::vector<std::string> handles;
  };

  void start_requests();
  void take(vod::Answer answer);
  void take_pull(Ticket ticket, const vod::Answer& answer);
  void pull_failed(Ticket ticket, const vod::Failure& failure, bool may_have_leased);
  void take_events(Ticket ticket, const vod::Answer& answer);
  void take_confirm(const Confirming& confirming, const vod::Answer& answer);
  void save();
  void record_confirms();
  void note_backlog();
  void look_after();
  void rest();

  Relay& relay_;
  vod::Client& client_;
  inbox::Inbox& inbox_;
  base::Clock& clock_;
  base::Log& log_;
  Tidying tidying_;
  base::Instant look_at_;                // when the inbox is looked after again
  std::set<std::string_view> concerns_;  // what it had to tell the last time
  std::uint64_t saves_looked_at_ = 0;    // the inbox had them then
  bool rests_ = false;
  Measures measures_;
  Backlog backlog_;
  std::function<void(const vod::Answer&)> on_other_;
  std::map<vod::Call, Ticket> pulls_;
  std::map<vod::Call, Confirming> confirms_;
};

}  // namespace relay
