// What an error of the API means and what is done about it, each in one table: the code runs on
// them, the tests go through them, README shows them.
//
// Source: the lists of the vendor's Go client for these actions and the common error code page; the
// reactions are ours.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace vod {

enum class Action { pull_events, confirm_events, describe_event_config, describe_events_state };
std::string_view to_string(Action action);

enum class ErrorClass {
  nothing_queued,
  throttled,
  transient,
  clock_skew,
  credential,
  permission,
  configuration,
  handle_refused,
};

enum class Reaction {
  poll_on,     // not an error at all
  slow_down,   // fewer requests, then gradually more
  back_off,    // again after a random wait that grows to 20 s
  sign_again,  // with the server's time, once; then as wait
  wait,        // again every 60 s, with the secret read anew: a person has to act
  split,       // the batch in halves; a single handle awaits its redelivery
};

struct ClassRow {
  ErrorClass error_class;
  std::string_view name;
  Reaction reaction;
  std::string_view advice;  // for people
};

struct CodeRow {
  std::string_view code;
  ErrorClass error_class;
  std::optional<Action> only;  // the row counts for this action alone
};

// A failure before any answer of the API: the code is ours.
struct TroubleRow {
  std::string_view code;
  std::string_view advice;
};

std::span<const ClassRow> error_classes();
std::span<const CodeRow> error_codes();
std::span<const TroubleRow> troubles();

const ClassRow& row_of(ErrorClass error_class);
inline std::string_view to_string(ErrorClass error_class) { return row_of(error_class).name; }
inline Reaction reaction_to(ErrorClass error_class) { return row_of(error_class).reaction; }
std::string_view sentence_of(Reaction reaction);  // for people

// The class of a code: its own row, else that of its part before the first dot, else transient,
// which is retried for ever at a bounded pace.
ErrorClass classify(std::string_view code, Action action);

// Why a call gave nothing.
struct Failure {
  ErrorClass error_class = ErrorClass::transient;
  std::string code;  // the API's, or ours in lower case: "timeout", "http-502", "not-json"
  std::string message;
  std::string request_id;
  std::optional<std::chrono::seconds> retry_after;
  bool outcome_unknown = false;  // the request may have taken effect
};

// What a person can do about it: as its own code says, else as its class does.
std::string_view advice_on(const Failure& failure);

}  // namespace vod
