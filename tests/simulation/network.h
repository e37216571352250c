// Network: the way of a request to the service and of its reply back, with all that can happen to
// them.  A request that is on its way arrives even when its sender has died meanwhile.
//
//   client --delay--> service --delay--> client
//     |  refused, lost,  |     lost, reset, cut short,
//     |  reset, answered |     another answer in its place
//     |  by a gateway    |
//     no effect          effect, and the client can't know
#pragma once

#include "http/transport.h"
#include "simulation/service.h"

#include <array>
#include <cstddef>
#include <functional>

namespace simulation {

enum class Fate : std::size_t {
  arrives,  // and its reply too
  // Without effect:
  refused,      // no connection
  lost,         // no reply ever
  reset_early,  // the connection ends before the request has arrived
  intercepted,  // a gateway, a portal or the API itself answers something else
  // With effect:
  reply_lost,
  reset_late,
  cut,         // the reply is shorter than it was; noticed or not
  replaced,    // a gateway says 502, the API says InternalError
  sent_twice,  // executed twice, since the client's library sends again on a dead connection
};
inline constexpr std::size_t fates = 10;

class Network {
 public:
  using Done = std::function<void(http::Response)>;

  Network(const Plan& plan, Random random, Service& service, Agenda& agenda, VirtualClock& clock,
          Trace& trace);

  // The share of requests that meet each fate; what is missing to one arrives.
  void set_shares(const std::array<double, fates>& shares) { shares_ = shares; }

  // `done` is called once, or never: a time limit is up to the caller.
  void send(http::Request request, Done done);

 private:
  [[nodiscard]] Fate draw_fate();
  [[nodiscard]] Duration delay() { return random_.about(delay_min_, delay_max_); }
  void back(Done done, http::Response response);
  void forward(Fate fate, const http::Request& request, const Done& done);
  void come_back(Fate fate, const vodsim::Outcome& outcome, const Done& done);
  http::Response broken(http::Fault fault);
  http::Response answered(int status, std::string body, std::string content_type);
  http::Response intercepted();
  http::Response cut(std::string body);
  http::Response replaced();

  Random random_;
  Service& service_;
  Agenda& agenda_;
  VirtualClock& clock_;
  Trace& trace_;
  Duration delay_min_, delay_max_;
  std::array<double, fates> shares_{};
};

}  // namespace simulation
