#include "simulation/transport.h"

#include <algorithm>
#include <utility>

namespace simulation {
namespace {

using namespace std::chrono_literals;

constexpr Duration turn_takes = 20us;
constexpr int turns_per_s_max = 3000;
constexpr auto timeout_max = 60s;

}  // namespace

void SimTransport::Mailbox::complete(http::Transfer transfer, http::Response response) {
  auto node = started.extract(transfer);
  if (!node) return;
  response.started = node.mapped();
  done.push_back({transfer, std::move(response)});
}

SimTransport::SimTransport(Network& network, Agenda& agenda, VirtualClock& clock, Trace& trace,
                           std::function<bool()> dead, std::function<Duration()> stall)
    : network_(network),
      agenda_(agenda),
      clock_(clock),
      trace_(trace),
      dead_(std::move(dead)),
      stall_(std::move(stall)) {}

http::Transfer SimTransport::start(http::Request request) {
  if (dead_()) throw Died();
  if (request.timeout <= 0ms || request.timeout > timeout_max)
    trace_.violated("a request without a sensible time limit: " +
                    std::to_string(request.timeout.count()) + " ms");
  const http::Transfer transfer = ++last_;
  mailbox_->started.emplace(transfer, clock_.now());
  const auto complete = [mailbox = std::weak_ptr(mailbox_), transfer](http::Response response) {
    if (const auto alive = mailbox.lock()) alive->complete(transfer, std::move(response));
  };
  agenda_.after(request.timeout, [complete] {
    http::Response late;
    late.fault = http::Fault::timeout;
    late.detail = "simulated";
    complete(std::move(late));
  });
  network_.send(std::move(request), complete);
  return transfer;
}

void SimTransport::cancel(http::Transfer transfer) { mailbox_->started.erase(transfer); }

// The first byte is noticed when the process looks, however long it was busy with its disk.
std::vector<http::Completion> SimTransport::poll(base::Instant until) {
  check_wait(until);
  agenda_.pass(turn_takes + stall_());
  const base::Instant stop = std::min(until, signal_at_);
  while (mailbox_->done.empty() && clock_.now() < stop && !dead_() && !trace_.violation())
    agenda_.step(stop);
  if (dead_() || trace_.violation()) throw Died();
  check_pace();
  std::vector<http::Completion> done = std::exchange(mailbox_->done, {});
  for (http::Completion& completion : done) completion.response.first_byte = clock_.now();
  return done;
}

void SimTransport::check_wait(base::Instant until) {
  const bool bounded =
      until < base::Instant::max() || !mailbox_->started.empty() || !mailbox_->done.empty();
  if (!bounded) trace_.violated("a wait without a deadline");
}

void SimTransport::check_pace() {
  if (clock_.now() >= second_began_ + 1s) {
    second_began_ = clock_.now();
    polls_in_second_ = 0;
  }
  if (++polls_in_second_ > turns_per_s_max)
    trace_.violated("the daemon turns without pause: more than " + std::to_string(turns_per_s_max) +
                    " turns in a second");
}

}  // namespace simulation
