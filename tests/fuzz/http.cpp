#include "fuzz/targets.h"
#include "fuzz/wire.h"
#include "http/curl_transport.h"
#include "support/fake_clock.h"
#include "vod/reply.h"

#include <string>

namespace fuzz {
namespace {

using ::http::Fault;
using vod::Action;

constexpr std::size_t body_bytes_max = 16'384;

bool clamped(const std::optional<std::chrono::seconds>& wait) {
  return !wait || (wait->count() >= 0 && wait->count() <= 60);
}

void check_response(const ::http::Response& response) {
  require(clamped(response.retry_after), "Retry-After is clamped");
  if (response.fault != Fault::none) {
    require(!response.detail.empty(), "a fault has words");
    require(response.status == 0 && response.body.empty(), "a fault brings nothing else");
    return;
  }
  require(response.status >= 100 && response.status <= 999, "a status is one of HTTP");
  require(response.body.size() <= body_bytes_max, "a body is not longer than the cap");
  require(response.content_type.find('\n') == std::string::npos, "a header is a line");
}

void check_reply(Action action, const ::http::Response& response) {
  const vod::Reply reply = vod::read_reply(action, response);
  const bool good = response.fault == Fault::none && response.status == 200;
  require(good || reply.failure, "what is no reply is a failure");
  if (!reply.failure) return;
  require(reply.events.empty(), "a failure gives no events");
  require(!reply.failure->code.empty(), "a failure has a code");
  require(good || !reply.failure->message.empty(), "what the transport found has words");
  require(clamped(reply.failure->retry_after), "Retry-After is clamped");
}

}  // namespace

void http(std::string_view input) {
  Wire wire({std::string(input)});
  support::FakeClock clock;
  ::http::CurlTransport transport(clock, {.body_bytes_max = body_bytes_max}, {});
  transport.start({.url = "http://127.0.0.1/", .body = "{}"});
  const auto completed = transport.poll(clock.now() + std::chrono::seconds(10));
  require(completed.size() == 1, "a request completes once");
  const ::http::Response& response = completed.front().response;
  check_response(response);
  for (const Action action : {Action::pull_events, Action::confirm_events,
                              Action::describe_event_config, Action::describe_events_state})
    check_reply(action, response);
}

}  // namespace fuzz
