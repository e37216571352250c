#include "daemon/check/service.h"

#include "base/clock.h"
#include "base/log.h"
#include "daemon/check/replies.h"
#include "daemon/lock.h"
#include "daemon/log_sink.h"
#include "daemon/names.h"
#include "daemon/parts.h"
#include "vod/limits.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace vodeventd {
namespace {

using namespace std::chrono_literals;
using vod::Action;
using vod::ErrorClass;

constexpr auto call_time_max = 3s;
constexpr auto time_max = 5s;  // of all calls but a pull: the first may be sent twice
constexpr auto pull_time_max = vod::hold + 2s;

std::string told(const vod::Failure& failure) {
  std::string text = failure.code + ": " + failure.message;
  if (!failure.request_id.empty()) text += " (RequestId " + failure.request_id + ')';
  return text;
}

std::string how_to_allow(const std::string& action, const vod::Failure& failure) {
  if (failure.code.starts_with("Ip"))
    return "The key is bound to addresses: add this machine's to its list";
  return "Allow name/vod:" + action + " to the key";
}

class Service {
 public:
  Service(const Config& config, Findings& findings)
      : findings_(findings),
        log_(base::Level::critical, clock_, log_sink(config.api.sub_app_id)),
        api_(config, credentials::Source(credential_settings(config)), log_, {}),
        sub_app_id_(config.api.sub_app_id),
        receives_(!config.receiver.listen.empty()),
        until_(api_.clock.now() + time_max) {
    api_.client.timeout(call_time_max);
  }

  // Whether it is worth asking on.
  bool look();
  void pull(const std::string& database);

 private:
  // Empty: it has not come in time.
  std::optional<vod::Answer> answer_to(vod::Call call, base::Instant until);
  void look_at_clock(const vod::Answer& answer);
  bool key_taken(const vod::Answer& answer);
  void note_action(Action action, const std::optional<vod::Answer>& answer);
  void note_failure(const std::string& name, const vod::Failure& failure);
  void time_answers();

  Findings& findings_;
  base::SystemClock clock_;
  base::Log log_;
  Api api_;
  const std::optional<std::uint64_t> sub_app_id_;
  const bool receives_;
  const base::Instant until_;
};

std::optional<vod::Answer> Service::answer_to(vod::Call call, base::Instant until) {
  while (api_.clock.now() < until)
    for (vod::Answer& answer : api_.client.poll(until))
      if (answer.call == call) return std::move(answer);
  return std::nullopt;
}

// The first question is for the key and the clock as well: those that follow would be answered
// alike.
bool Service::look() {
  const auto config = answer_to(api_.client.describe_event_config(), until_);
  if (!config) {
    findings_.bad("service", "no answer in " + std::to_string(call_time_max.count()) + " s",
                  "Try again; if it lasts, check endpoint and the way to it", exit_unavailable);
    return false;
  }
  look_at_clock(*config);
  if (!key_taken(*config)) return false;
  const std::string no_handle = "vodeventd-check";
  note_action(Action::confirm_events,
              answer_to(api_.client.confirm_events({&no_handle, 1}), until_));
  note_action(Action::describe_event_config, config);
  const auto state = answer_to(api_.client.describe_events_state(), until_);
  note_action(Action::describe_events_state, state);
  if (!config->reply.failure) check_delivery(config->reply, receives_, findings_);
  if (state && !state->reply.failure) check_queue(state->reply, findings_);
  time_answers();
  return true;
}

// The header has whole seconds.
void Service::look_at_clock(const vod::Answer& answer) {
  constexpr auto good = 2s;
  const bool strange = answer.reply.failure && answer.reply.failure->request_id.empty();
  if (!answer.date || strange) return;
  const auto since = api_.clock.now() - answer.first_byte;
  const auto ours = api_.clock.utc() - std::chrono::floor<std::chrono::milliseconds>(since);
  const auto ahead =
      std::chrono::duration_cast<std::chrono::seconds>(ours - (*answer.date + 500ms));
  const std::string by = std::to_string(std::chrono::abs(ahead).count()) + " s " +
                         (ahead > 0s ? "ahead of" : "behind") + " the service's";
  if (std::chrono::abs(ahead) < good)
    findings_.ok("service clock", "this machine's clock is right to 2 s");
  else if (std::chrono::abs(ahead) < vod::clock_skew_max)
    findings_.warn("service clock", "this machine's clock is " + by,
                   "See to its time synchronisation: timedatectl");
  else
    findings_.bad("service clock",
                  "this machine's clock is " + by +
                      ": its signatures are refused, and the times of rows are wrong",
                  "Set it: sudo timedatectl set-ntp true", exit_configuration);
}

// Whether the key is right, and the application is.
bool Service::key_taken(const vod::Answer& answer) {
  const auto& failure = answer.reply.failure;
  const bool ours = failure && failure->code.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 0;
  if (failure && failure->code == "InvalidParameterValue.SubAppId") {
    findings_.bad("sub_app_id",
                  (sub_app_id_ ? std::to_string(*sub_app_id_) + " is refused: "
                               : std::string("none is set, and the service wants one: ")) +
                      told(*failure),
                  "Set [api] sub_app_id to the application's number, as the console shows it",
                  exit_unavailable);
    return false;
  }
  if (failure && failure->code == "no-credential") {
    findings_.bad("credential", failure->message,
                  "Bind the role to this machine, or see whether its metadata service answers",
                  exit_configuration);
    return false;
  }
  const ErrorClass error_class = failure ? failure->error_class : ErrorClass::nothing_queued;
  if (ours || error_class == ErrorClass::credential || error_class == ErrorClass::clock_skew) {
    note_failure(error_class == ErrorClass::credential ? "key" : "service", *failure);
    return false;
  }
  if (error_class == ErrorClass::transient || error_class == ErrorClass::throttled)
    findings_.unknown("key", "the service has trouble: " + told(*failure), "Try again");
  else
    findings_.ok("key", "the service takes it");
  return true;
}

void Service::note_failure(const std::string& name, const vod::Failure& failure) {
  findings_.bad(name, told(failure), std::string(vod::advice_on(failure)), exit_unavailable);
}

void Service::note_action(Action action, const std::optional<vod::Answer>& answer) {
  const std::string name(to_string(action));
  const vod::Failure* failure = answer && answer->reply.failure ? &*answer->reply.failure : nullptr;
  if (!answer) {
    findings_.unknown(name, "no answer in time", "Try again");
  } else if (!failure || failure->error_class == ErrorClass::handle_refused) {
    findings_.ok(name, "permitted");
  } else if (failure->error_class != ErrorClass::permission) {
    note_failure(name, *failure);
  } else if (action == Action::pull_events || action == Action::confirm_events) {
    findings_.bad(name, "not permitted: " + told(*failure), how_to_allow(name, *failure),
                  exit_unavailable);
  } else {
    findings_.warn(name, "not permitted: " + told(*failure),
                   how_to_allow(name, *failure) + "; only this check needs it");
  }
}

// On the connection of the first answer, and last: the others matter more if time runs out.
void Service::time_answers() {
  constexpr std::size_t requests = 5;
  const std::uint64_t connections = api_.transport.handshakes();
  std::vector<std::chrono::nanoseconds> times;
  while (times.size() < requests) {
    const auto answer = answer_to(api_.client.describe_event_config(), until_);
    if (!answer || answer->reply.request_id.empty()) break;
    times.push_back(answer->first_byte - answer->started);
  }
  if (times.empty()) return;
  std::sort(times.begin(), times.end());
  const bool kept = api_.transport.handshakes() == connections;
  findings_.ok("round trip", in_ms(times[times.size() / 2]) + ", median of " +
                                 std::to_string(times.size()) + " requests on " +
                                 (kept ? "one connection" : "connections that it does not keep"));
}

// Whoever has the lock pulls already.
void Service::pull(const std::string& database) try {
  const std::string name(to_string(Action::pull_events));
  const std::optional<Lock> lock = Lock::take(database);
  if (!lock) {
    findings_.unknown(name, "not tried: a daemon is at work, and would miss what this pulls",
                      "journalctl -u vodeventd tells whether it can pull");
    return;
  }
  api_.client.timeout(pull_time_max);
  const auto answer = answer_to(api_.client.pull_events(), api_.clock.now() + pull_time_max);
  if (answer && !answer->reply.failure && !answer->reply.events.empty())
    findings_.ok(name, "permitted; leased " + std::to_string(answer->reply.events.size()) +
                           " events by this, which come again in 30 s");
  else
    note_action(Action::pull_events, answer);
} catch (const std::system_error& error) {
  findings_.unknown(std::string(to_string(Action::pull_events)),
                    std::string("not tried: ") + error.what(), "Run this as the daemon's user");
}

}  // namespace

void check_service(const Config& config, bool pull, Findings& findings) {
  Service service(config, findings);
  if (!service.look()) return;
  if (pull)
    service.pull(config.store.path);
  else
    findings.unknown("PullEvents",
                     "not tried: a pull leases events, which then come again only after 30 s",
                     "A running daemon's journal tells; while none runs: check --online --pull");
}

}  // namespace vodeventd
