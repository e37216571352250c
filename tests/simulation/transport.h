// SimTransport: one daemon process's end of the simulated network, and the place where its time
// passes.  Keeps the promises of http/transport.h, and sees to it that the daemon keeps its own:
// every request has a time limit, every wait has an end, and it does not turn without pause.
#pragma once

#include "http/transport.h"
#include "simulation/agenda.h"
#include "simulation/network.h"
#include "simulation/trace.h"

#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace simulation {

// Thrown out of the daemon's code when its process is no more; no error that it may handle.
struct Died {};

class SimTransport final : public http::Transport {
 public:
  // `dead`: whether the machine has stopped, so that nothing goes out any more.  `stall`: asked at
  // each poll for the time that passes without the process, as in a suspend.
  SimTransport(Network& network, Agenda& agenda, VirtualClock& clock, Trace& trace,
               std::function<bool()> dead, std::function<Duration()> stall);

  http::Transfer start(http::Request request) override;
  std::vector<http::Completion> poll(base::Instant until) override;
  void cancel(http::Transfer transfer) override;

  // A signal comes then: poll() returns.
  void signal_at(base::Instant when) { signal_at_ = when; }

 private:
  // Outlived by what is still on its way to it.
  struct Mailbox {
    std::map<http::Transfer, base::Instant> started;
    std::vector<http::Completion> done;
    void complete(http::Transfer transfer, http::Response response);
  };

  void check_wait(base::Instant until);
  void check_pace();

  Network& network_;
  Agenda& agenda_;
  VirtualClock& clock_;
  Trace& trace_;
  std::function<bool()> dead_;
  std::function<Duration()> stall_;
  std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
  http::Transfer last_ = 0;
  base::Instant signal_at_ = base::Instant::max();
  base::Instant second_began_{};
  int polls_in_second_ = 0;
};

}  // namespace simulation
