#include "simulation/service.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace simulation {
namespace {

vodsim::Request received(const http::Request& request) {
  vodsim::Request out;
  out.method = request.body.empty() ? "GET" : "POST";
  out.path = "/";
  out.body = request.body;
  for (const std::string& header : request.headers) {
    const std::size_t colon = header.find(": ");
    out.headers.emplace_back(header.substr(0, colon), header.substr(colon + 2));
  }
  return out;
}

}  // namespace

Service::Service(const Plan& plan, const std::vector<Element>& elements, Random random,
                 Agenda& agenda, VirtualClock& clock, Trace& trace)
    : options_(plan.service),
      queue_(options_.rules),
      api_(options_, queue_),
      agenda_(agenda),
      clock_(clock),
      trace_(trace) {
  fill(plan, elements, random);
}

// Some come together, some alone.
void Service::fill(const Plan& plan, const std::vector<Element>& elements, Random random) {
  std::vector<Duration> times;
  for (std::size_t i = 0; i < elements.size(); ++i)
    times.push_back(i > 0 && random.chance(0.7) ? times.back()
                                                : random.between(Duration(0), plan.arriving));
  std::sort(times.begin(), times.end());
  for (std::size_t i = 0; i < elements.size(); ++i) {
    queue_.add(elements[i].text, clock_.now() + times[i]);
    if (elements[i].kind == Kind::nameless) ++nameless_;
  }
}

void Service::take(const http::Request& request, Answer answer) {
  const vodsim::Request taken = received(request);
  const std::size_t settled = queue_.settled().size();
  vodsim::Outcome outcome = api_.handle(taken, clock_.now(), clock_.true_utc());
  note(taken, outcome);
  const Handles newly = Handles(queue_.settled()).subspan(settled);
  if (!newly.empty() && on_confirmed_) on_confirmed_(newly);
  if (const auto* held = std::get_if<vodsim::Hold>(&outcome)) return hold(*held, std::move(answer));
  answer(outcome);
}

void Service::hold(vodsim::Hold hold, Answer answer) {
  const base::Instant now = clock_.now();
  base::Instant look = hold.until;
  if (const auto change = api_.next_change(now)) look = std::min(look, *change);
  agenda_.at(std::max(look, now + std::chrono::milliseconds(1)),
             [this, hold, answer = std::move(answer)]() mutable {
               if (auto reply = api_.resume(hold, clock_.now())) {
                 trace_("service",
                        "answers a held pull: " + std::to_string(reply->body.size()) + " bytes");
                 return answer(*std::move(reply));
               }
               this->hold(hold, std::move(answer));
             });
}

bool Service::drained() {
  const vodsim::Counts counts = this->counts();
  if (counts.confirmed + counts.expired + nameless_ < counts.events) return false;
  return std::ranges::all_of(queue_.events(), [](const vodsim::Queue::Event& event) {
    return !event.text.has_handle || event.state == vodsim::Queue::Event::State::confirmed ||
           event.state == vodsim::Queue::Event::State::expired;
  });
}

void Service::note(const vodsim::Request& request, const vodsim::Outcome& outcome) {
  const std::string* action = request.header("X-TC-Action");
  std::string line = action ? *action : "?";
  if (action && *action == "ConfirmEvents") line += ' ' + request.body;
  line += " -> ";
  if (const auto* reply = std::get_if<vodsim::Reply>(&outcome)) {
    constexpr std::string_view error = "{\"Response\":{\"Error\":{\"Code\":\"";
    line +=
        reply->body.starts_with(error)
            ? reply->body.substr(error.size(), reply->body.find('"', error.size()) - error.size())
            : std::to_string(reply->body.size()) + " bytes";
  } else {
    line += std::holds_alternative<vodsim::Hold>(outcome) ? "held" : "hangs up";
  }
  trace_("service", line);
}

}  // namespace simulation
