// Api: the actions of the service, from a request to what comes of it.  No socket and no clock: the
// server gives it requests and the time, and asks again for the pulls that are held.
//
// Beside the API, GET /ledger tells what happened so far.
#pragma once

#include "base/clock.h"
#include "tc3/sign.h"
#include "vodsim/failure.h"
#include "vodsim/ledger.h"
#include "vodsim/options.h"
#include "vodsim/parameters.h"
#include "vodsim/queue.h"
#include "vodsim/rate.h"
#include "vodsim/reply.h"
#include "vodsim/request.h"
#include "vodsim/witness.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vodsim {

class Api {
 public:
  // The API's limits; a body over this size is told by Request::too_large.
  static constexpr std::size_t batch_max = 16;
  static constexpr std::size_t body_bytes_max = 10 << 20;

  Api(const Options& options, Queue& queue);

  Outcome handle(const Request& request, base::Instant now, base::Utc utc);

  // The reply to a held pull, as soon as there is something to reply.
  std::optional<Reply> resume(const Hold& hold, base::Instant now);

  // When resume() should be tried at the latest, apart from the end of the hold.
  std::optional<base::Instant> next_change(base::Instant now);

  // Everything is confirmed, and that was to be the end.
  [[nodiscard]] bool finished() const { return options_.exit_when_drained && queue_.drained(); }

  void connected() { ++traffic_.new_connections; }

  // A request meets a fault on its way; `asked`: it is handled all the same.
  void suffered(bool asked) {
    ++traffic_.faults;
    if (!asked) ++traffic_.requests;
  }

  std::string ledger(base::Instant now);
  std::string summary(base::Instant now);
  [[nodiscard]] const Traffic& traffic() const { return traffic_; }

 private:
  struct Action {
    const char* name;
    bool takes_ext_info;
    bool takes_handles;
    Outcome (Api::*run)(const Parameters&, base::Instant);
  };
  static const Action actions[];

  Outcome call(const Request& request, base::Instant now, base::Utc utc);
  Outcome act(const Action& action, const Request& request, base::Instant now);
  std::optional<Error> check_call(const Request& request, base::Utc utc);
  std::optional<Error> check_signature(const Request& request, std::chrono::sys_seconds now);
  std::optional<Error> check_parameters(const Action& action, const Parameters& parameters);
  const Action* find_action(const std::string& name, std::size_t& index) const;

  Outcome pull_events(const Parameters& parameters, base::Instant now);
  Outcome confirm_events(const Parameters& parameters, base::Instant now);
  Outcome describe_event_config(const Parameters& parameters, base::Instant now);
  Outcome describe_events_state(const Parameters& parameters, base::Instant now);

  Reply pulled(base::Instant now);
  Reply nothing_to_pull();
  Reply failure(const Error& error);
  void note(const Request& request, const Outcome& outcome) const;

  const Options& options_;
  Queue& queue_;
  tc3::Credential credential_;
  Replies replies_;
  std::vector<RateLimit> limits_;  // one for each action
  Failures failures_;
  std::optional<Witness> witness_;
  Traffic traffic_;
};

}  // namespace vodsim
