// Service: the API of tests/vodsim in virtual time.  It takes a request at the moment at which that
// arrives, and keeps a pull that finds nothing.
//
// A pull is answered whether or not its client still lives: the events are leased to nobody then.
#pragma once

#include "http/transport.h"
#include "simulation/agenda.h"
#include "simulation/events.h"
#include "simulation/plan.h"
#include "simulation/trace.h"
#include "vodsim/api.h"
#include "vodsim/queue.h"

#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace simulation {

class Service {
 public:
  using Answer = std::function<void(const vodsim::Outcome&)>;  // a Reply or a HangUp
  using Handles = std::span<const std::string_view>;

  // The elements come one by one until `plan.arriving` is over.
  Service(const Plan& plan, const std::vector<Element>& elements, Random random, Agenda& agenda,
          VirtualClock& clock, Trace& trace);

  // `answer` is called at once, or, for a pull that is held, later.
  void take(const http::Request& request, Answer answer);

  // Called when handles have been confirmed, before the answer leaves.
  void on_confirmed(std::function<void(Handles)> told) { on_confirmed_ = std::move(told); }

  // Nothing is left that can be confirmed.
  [[nodiscard]] bool drained();

  [[nodiscard]] const vodsim::Queue& queue() const { return queue_; }
  [[nodiscard]] vodsim::Counts counts() { return queue_.counts(clock_.now()); }

 private:
  void fill(const Plan& plan, const std::vector<Element>& elements, Random random);
  void hold(vodsim::Hold hold, Answer answer);
  void note(const vodsim::Request& request, const vodsim::Outcome& outcome);

  vodsim::Options options_;
  vodsim::Queue queue_;
  vodsim::Api api_;
  Agenda& agenda_;
  VirtualClock& clock_;
  Trace& trace_;
  std::size_t nameless_ = 0;
  std::function<void(Handles)> on_confirmed_;
};

}  // namespace simulation
