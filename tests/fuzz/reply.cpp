#include "vod/reply.h"

#include "fuzz/laws.h"
#include "fuzz/targets.h"
#include "vod/limits.h"

#include <string>

namespace fuzz {
namespace {

using vod::Action;

void check_slices(const vod::Reply& reply) {
  const char* behind = reply.body->data();
  for (const std::string_view slice : reply.events) {
    require(inside(slice, reply.response), "an event lies in the response");
    if (slice.empty()) continue;
    require(slice.data() >= behind, "events come in order and do not overlap");
    behind = slice.data() + slice.size();
  }
  require(reply.events.size() <= vod::events_per_reply_max, "events are bounded");
}

void check_reply(Action action, std::string_view input, const vod::Reply& reply) {
  require(*reply.body == input, "the body is kept");
  require(inside(reply.response, *reply.body), "the response lies in the body");
  check_slices(reply);
  require(action == Action::pull_events || reply.events.empty(), "only a pull gives events");
  if (!reply.failure) return;
  require(reply.events.empty(), "a failure gives no events");
  require(!reply.failure->code.empty(), "a failure has a code");
  require(reply.failure->message.size() <= 300, "a failure's message is bounded");
  static_cast<void>(vod::row_of(reply.failure->error_class));
}

}  // namespace

void reply(std::string_view input) {
  for (const Action action : {Action::pull_events, Action::confirm_events,
                              Action::describe_event_config, Action::describe_events_state}) {
    ::http::Response response;
    response.status = 200;
    response.body = input;
    const vod::Reply reply = vod::read_reply(action, std::move(response));
    check_reply(action, input, reply);
    for (std::size_t i = 0; i < reply.events.size(); ++i)
      check_event(reply.events[i], vod::Form::element, vod::element_path(i));
  }
}

}  // namespace fuzz
