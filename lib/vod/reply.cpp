#include "vod/reply.h"

#include "base/text.h"
#include "json/read.h"
#include "json/slice.h"
#include "vod/events.h"
#include "vod/limits.h"

#include <algorithm>
#include <utility>

namespace vod {
namespace {

using http::Fault;

constexpr std::size_t message_bytes_max = 300;
constexpr std::size_t code_bytes_max = 128;  // of codes and RequestIds
constexpr std::size_t word_bytes_max = 63;

// A message as it may be logged.  A service that quotes the request back must not bring a signature
// or a token there: no word of a message is as long as those.
std::string tellable(std::string_view message) {
  std::string text;
  while (!message.empty() && text.size() <= message_bytes_max) {
    const std::size_t end = std::min(message.find_first_of(" \t\r\n"), message.size());
    text += end > word_bytes_max ? "[...]" : message.substr(0, end);
    if (end < message.size()) text += message[end];
    message.remove_prefix(std::min(end + 1, message.size()));
  }
  return std::string(base::clip(text, message_bytes_max));
}

constexpr std::string_view no_answer = "not-an-answer";

// A string's text; an escape stays as it came, which ids and codes never have.
std::string unquoted(std::string_view slice) {
  if (slice.size() < 2 || slice.front() != '"') return std::string(slice);
  return std::string(slice.substr(1, slice.size() - 2));
}

std::string short_code(std::string_view text) {
  return std::string(base::clip(text, code_bytes_max));
}

Failure failure(ErrorClass error_class, std::string code, std::string message) {
  Failure result;
  result.error_class = error_class;
  result.code = std::move(code);
  result.message = std::move(message);
  return result;
}

// The request was on its way when it failed: it may have taken effect.
Failure of_fault(const http::Response& response) {
  Failure result =
      failure(ErrorClass::transient, std::string(to_string(response.fault)), response.detail);
  result.outcome_unknown = response.fault == Fault::timeout ||
                           response.fault == Fault::interrupted ||
                           response.fault == Fault::too_large || response.fault == Fault::other;
  if (response.fault == Fault::refused) result.error_class = ErrorClass::configuration;
  return result;
}

Failure of_status(const http::Response& response) {
  const bool throttled = response.status == 429;
  Failure result =
      failure(throttled ? ErrorClass::throttled : ErrorClass::transient,
              "http-" + std::to_string(response.status),
              "the server answered with HTTP status " + std::to_string(response.status));
  result.retry_after = response.retry_after;
  result.outcome_unknown = response.status >= 500;
  return result;
}

Failure not_an_answer(const std::string& why) {
  Failure result = failure(ErrorClass::transient, std::string(no_answer), why);
  result.outcome_unknown = true;
  return result;
}

// {"Code": "…", "Message": "…"}
Failure of_error(std::string_view slice, Action action) {
  ErrorReply error;
  json::Problems problems;
  const std::string complaint = json::read(slice, error, "Error", problems);
  if (!complaint.empty() || error.code.value_or("").empty())
    return not_an_answer("an Error without a Code");
  Failure result = failure(classify(*error.code, action), short_code(*error.code),
                           tellable(error.message.value_or("")));
  // The service has read the request; what took effect before its trouble it does not say.
  result.outcome_unknown = result.error_class == ErrorClass::transient;
  return result;
}

// {"code": 4000, "message": "…", "codeDesc": "…"}: an older gateway's form, code 0 is success.
std::optional<Failure> of_old_form(std::string_view code, std::string_view message, Action action) {
  const std::string plain = unquoted(code);
  if (plain.empty() || plain == "0") return std::nullopt;
  return failure(classify(plain, action), short_code(plain), tellable(unquoted(message)));
}

struct Outline {
  std::string_view response, error, event_set, request_id;
  std::string_view old_code, old_message;
  std::vector<std::string_view> events;
  bool complete = false;
};

// What stands behind the bracket that closes a value is still part of it: nothing, or rubbish.
std::string_view rest_of(json::Cursor& cursor, std::size_t begin) {
  cursor.value();
  return cursor.since(begin);
}

// One more than can be meant shows that there are too many.
std::string_view read_event_set(json::Cursor& cursor, std::vector<std::string_view>& events) {
  events.clear();
  if (cursor.peek() != '[') return cursor.value();
  const std::size_t begin = cursor.position();
  cursor.enter_array();
  while (cursor.element()) {
    const std::string_view event = cursor.value();
    if (events.size() <= events_per_reply_max) events.push_back(event);
  }
  return rest_of(cursor, begin);
}

std::string_view read_response(json::Cursor& cursor, Outline& outline) {
  outline.error = outline.event_set = {};
  outline.events.clear();
  if (cursor.peek() != '{') return cursor.value();
  const std::size_t begin = cursor.position();
  cursor.enter_object();
  for (std::string_view name; cursor.member(name);) {
    if (name == "EventSet") {
      outline.event_set = read_event_set(cursor, outline.events);
      continue;
    }
    const std::string_view value = cursor.value();
    if (name == "Error") outline.error = value;
    if (name == "RequestId") outline.request_id = value;
  }
  return rest_of(cursor, begin);
}

// In one pass: a reply may have megabytes.
Outline outline_of(std::string_view body) {
  Outline outline;
  json::Cursor cursor(body);
  if (cursor.peek() == '[') {
    cursor.value();
    outline.complete = cursor.at_end();
    return outline;
  }
  if (!cursor.enter_object()) return outline;
  for (std::string_view name; cursor.member(name);) {
    if (name == "Response") {
      outline.response = read_response(cursor, outline);
      continue;
    }
    const std::string_view value = cursor.value();
    if (name == "RequestId" && outline.request_id.empty()) outline.request_id = value;
    if (name == "code") outline.old_code = value;
    if (name == "message") outline.old_message = value;
  }
  outline.complete = !cursor.failed() && cursor.at_end();
  return outline;
}

bool present(std::string_view slice) { return !slice.empty() && slice != "null"; }

void read_events(Outline& outline, Reply& reply) {
  if (outline.event_set.front() != '[')
    reply.failure = not_an_answer("EventSet is not a list");
  else if (outline.events.size() > events_per_reply_max)
    reply.failure = not_an_answer("EventSet is longer than any that can be meant");
  else
    reply.events = std::move(outline.events);
}

// Why the bytes of a pull's reply have to be kept although they give no event.
std::string oddity(const Outline& outline, const std::optional<Failure>& failure) {
  if (!present(outline.error)) return failure && failure->code == no_answer ? failure->message : "";
  const bool empty_list = outline.event_set.starts_with('[') && outline.events.empty();
  const bool events = present(outline.event_set) && !empty_list;
  return events ? "an Error came beside an EventSet" : "";
}

void read_answer(Action action, Outline& outline, Reply& reply) {
  if (outline.response.empty()) {
    reply.failure = of_old_form(outline.old_code, outline.old_message, action);
    if (!reply.failure) reply.failure = not_an_answer("the body has no Response");
  } else if (outline.response.front() != '{') {
    reply.failure = not_an_answer("Response is not an object");
  } else if (present(outline.error)) {
    reply.failure = of_error(outline.error, action);
  } else if (action == Action::pull_events && present(outline.event_set)) {
    read_events(outline, reply);
  }
}

std::string incomplete(const std::string& content_type) {
  const std::string type(base::clip(content_type, message_bytes_max));
  if (type.empty() || type.find("json") != type.npos) return "the body is not complete JSON";
  return "the body is not complete JSON, but said to be " + type;
}

void read_body(Action action, const std::string& content_type, Reply& reply) {
  Outline outline = outline_of(*reply.body);
  reply.response = outline.response;
  reply.request_id = short_code(unquoted(outline.request_id));
  if (!outline.complete) {
    reply.failure = not_an_answer(incomplete(content_type));
    return;
  }
  read_answer(action, outline, reply);
  if (action == Action::pull_events) reply.odd = oddity(outline, reply.failure);
}

Reply read(Action action, http::Response response) {
  Reply reply;
  if (response.fault != Fault::none) {
    reply.failure = of_fault(response);
    return reply;
  }
  if (response.status != 200) {
    reply.failure = of_status(response);
    return reply;
  }
  reply.body = std::make_unique<const std::string>(std::move(response.body));
  read_body(action, response.content_type, reply);
  if (!reply.failure) return reply;
  if (reply.failure->error_class == ErrorClass::nothing_queued) {
    reply.remark = reply.failure->message.empty() ? reply.failure->code : reply.failure->message;
    reply.failure.reset();
    return reply;
  }
  reply.failure->request_id = reply.request_id;
  if (!reply.failure->retry_after) reply.failure->retry_after = response.retry_after;
  return reply;
}

}  // namespace

Reply read_reply(Action action, http::Response response) {
  const bool repeated = response.repeated;
  Reply reply = read(action, std::move(response));
  // What was refused may have taken effect when it was sent before.
  if (reply.failure && repeated) reply.failure->outcome_unknown = true;
  return reply;
}

}  // namespace vod
