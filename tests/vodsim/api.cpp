#include "vodsim/api.h"

#include "json/write.h"
#include "vodsim/verify.h"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <utility>

namespace vodsim {

const Api::Action Api::actions[] = {
    {"PullEvents", true, false, &Api::pull_events},
    {"ConfirmEvents", true, true, &Api::confirm_events},
    {"DescribeEventConfig", false, false, &Api::describe_event_config},
    {"DescribeEventsState", false, false, &Api::describe_events_state},
};

Api::Api(const Options& options, Queue& queue)
    : options_(options),
      queue_(queue),
      credential_{options.secret_id, base::Secret(options.secret_key), base::Secret(options.token)},
      replies_(options.rules.seed),
      limits_(std::size(actions), RateLimit(options.rate_per_s)),
      failures_(options.failures) {
  if (!options.witness.empty()) witness_.emplace(options.witness);
}

Outcome Api::handle(const Request& request, base::Instant now, base::Utc utc) {
  Outcome outcome;
  if (request.path == "/ledger") {
    outcome = Reply{request.query == "totals=1" ? totals_json(queue_.counts(now), traffic_)
                                                : ledger(now)};
  } else if (request.path != "/") {
    outcome = Reply{"there is / and /ledger\n", "text/plain", 404};
  } else {
    ++traffic_.requests;
    outcome = call(request, now, utc);
  }
  if (std::holds_alternative<HangUp>(outcome)) ++traffic_.hang_ups;
  if (options_.verbose) note(request, outcome);
  return outcome;
}

Outcome Api::call(const Request& request, base::Instant now, base::Utc utc) {
  if (const auto error = check_call(request, utc)) return failure(*error);
  std::size_t index = 0;
  const Action* action = find_action(*request.header("X-TC-Action"), index);
  if (!action) return failure({"InvalidAction", "The action is not known here."});
  if (!limits_[index].admit(now)) {
    ++traffic_.throttled;
    return failure({"RequestLimitExceeded", "More requests in a second than --rate allows."});
  }
  const auto failing = failures_.next(action->name);
  if (!failing) return act(*action, request, now);
  ++traffic_.failures;
  if (failing->is_code()) return failure({failing->what, failing->message});
  Outcome outcome = act(*action, request, now);
  if (auto* reply = std::get_if<Reply>(&outcome))
    reply->body = odd_body(*failing, std::move(reply->body));
  return outcome;
}

Outcome Api::act(const Action& action, const Request& request, base::Instant now) {
  Parameters parameters;
  if (const auto error = parse_parameters(request, parameters)) return failure(*error);
  if (const auto error = check_parameters(action, parameters)) return failure(*error);
  return (this->*action.run)(parameters, now);
}

std::optional<Error> Api::check_call(const Request& request, base::Utc utc) {
  if (request.method != "POST" && request.method != "GET")
    return Error{"UnsupportedProtocol", "Only GET and POST are supported."};
  if (request.too_large)
    return Error{"RequestSizeLimitExceeded", "The request is larger than 10 MB."};
  auto error = check_signature(request, std::chrono::floor<std::chrono::seconds>(utc));
  if (error && error->code.starts_with("AuthFailure")) ++traffic_.auth_failures;
  if (error) return error;
  if (*request.header("X-TC-Version") != "2018-07-17")
    return Error{"NoSuchVersion", "The only version is 2018-07-17."};
  return {};
}

// The first request that the next key has signed rotates the keys.
std::optional<Error> Api::check_signature(const Request& request, std::chrono::sys_seconds now) {
  const auto error = verify(request, credential_, now);
  if (!error || options_.next_secret_key.empty()) return error;
  tc3::Credential next{options_.secret_id, base::Secret(options_.next_secret_key),
                       base::Secret(options_.token)};
  if (verify(request, next, now)) return error;
  credential_ = std::move(next);
  return {};
}

std::optional<Error> Api::check_parameters(const Action& action, const Parameters& parameters) {
  if (parameters.ext_info && !action.takes_ext_info)
    return Error{"UnknownParameter", "The parameter `ExtInfo` is not recognized."};
  if (parameters.event_handles && !action.takes_handles)
    return Error{"UnknownParameter", "The parameter `EventHandles` is not recognized."};
  if (options_.sub_app_id && parameters.sub_app_id &&
      *options_.sub_app_id != *parameters.sub_app_id)
    return Error{"InvalidParameterValue.SubAppId", "There is no application with this SubAppId."};
  return {};
}

const Api::Action* Api::find_action(const std::string& name, std::size_t& index) const {
  for (index = 0; index < std::size(actions); ++index)
    if (name == actions[index].name) return &actions[index];
  return nullptr;
}

Outcome Api::pull_events(const Parameters& /*parameters*/, base::Instant now) {
  ++traffic_.pulls;
  if (queue_.has_waiting(now)) return pulled(now);
  if (options_.hold > options_.hold.zero() && !finished()) return Hold{now + options_.hold};
  return nothing_to_pull();
}

std::optional<Reply> Api::resume(const Hold& hold, base::Instant now) {
  if (queue_.has_waiting(now)) return pulled(now);
  if (now >= hold.until || finished()) return nothing_to_pull();
  return {};
}

std::optional<base::Instant> Api::next_change(base::Instant now) {
  if (queue_.has_waiting(now) || finished()) return now;
  return queue_.next_change();
}

Reply Api::pulled(base::Instant now) {
  std::string members = "\"EventSet\":[";
  queue_.pull(now, options_.events_per_pull, members);
  members += ']';
  return Reply{replies_.success(members)};
}

Reply Api::nothing_to_pull() {
  ++traffic_.pulls_empty;
  switch (options_.empty) {
    case EmptyForm::null:
      return Reply{replies_.success("\"EventSet\":null")};
    case EmptyForm::missing:
      return Reply{replies_.success("")};
    case EmptyForm::array:
      return Reply{replies_.success("\"EventSet\":[]")};
    case EmptyForm::error:
      break;
  }
  return failure({"ResourceNotFound", "no event"});
}

Outcome Api::confirm_events(const Parameters& parameters, base::Instant now) {
  ++traffic_.confirms;
  if (!parameters.event_handles)
    return failure(
        {"MissingParameter", "The request is missing the required parameter `EventHandles`."});
  const auto& handles = *parameters.event_handles;
  if (handles.empty() || handles.size() > batch_max)
    return failure({"InvalidParameterValue", "Give 1 to 16 EventHandles."});
  if (witness_) traffic_.witness_violations += witness_->missing(handles);
  switch (queue_.confirm(handles, now)) {
    case Verdict::confirmed:
      return Reply{replies_.success("")};
    case Verdict::refused:
      break;
    case Verdict::request_lost:
    case Verdict::reply_lost:
      return HangUp{};
  }
  return failure({"InvalidParameterValue", "An event handle is unknown or its 30 s are over."});
}

Outcome Api::describe_event_config(const Parameters& /*parameters*/, base::Instant /*now*/) {
  const auto told = [&](const std::string& event) {
    const auto& off = options_.switched_off;
    return std::find(off.begin(), off.end(), event) == off.end() ? "ON" : "OFF";
  };
  std::string members = "\"Mode\":\"" + options_.mode +
                        "\",\"NotificationUrl\":" + json::quote(options_.notification_url);
  for (const auto& [name, event] :
       {std::pair("UploadMedia", "NewFileUpload"), std::pair("DeleteMedia", "FileDeleted"),
        std::pair("Persistence", "PersistenceComplete")})
    members += std::string(",\"") + name + "CompleteEventSwitch\":\"" + told(event) + '"';
  return Reply{replies_.success(members)};
}

Outcome Api::describe_events_state(const Parameters& /*parameters*/, base::Instant now) {
  return Reply{
      replies_.success("\"CountOfEventsToPull\":" + std::to_string(queue_.counts(now).waiting))};
}

Reply Api::failure(const Error& error) { return Reply{replies_.failure(error)}; }

// vodsim: POST / PullEvents 200 17321 bytes
void Api::note(const Request& request, const Outcome& outcome) const {
  const std::string* action = request.header("X-TC-Action");
  std::string result = std::holds_alternative<Hold>(outcome) ? "held" : "hung up";
  if (const Reply* reply = std::get_if<Reply>(&outcome)) {
    result = std::to_string(reply->status) + ' ' + std::to_string(reply->body.size()) + " bytes";
    constexpr std::string_view error = "{\"Response\":{\"Error\":{\"Code\":\"";
    if (reply->body.starts_with(error))
      result += ' ' + reply->body.substr(error.size(),
                                         reply->body.find('"', error.size()) - error.size());
  }
  std::fprintf(stderr, "vodsim: %s %s %s %s\n", request.method.c_str(), request.path.c_str(),
               action ? action->c_str() : "-", result.c_str());
}

std::string Api::ledger(base::Instant now) {
  return ledger_json(queue_, queue_.counts(now), traffic_);
}

std::string Api::summary(base::Instant now) {
  return vodsim::summary(queue_.counts(now), traffic_);
}

}  // namespace vodsim
