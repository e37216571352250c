#include "receiver/body.h"

#include "intake/arrival.h"
#include "vod/contents.h"
#include "vod/event.h"

#include <string>

namespace receiver {
namespace {

bool one_event(const vod::Contents& contents) {
  using vod::Kind;
  const Kind kind = contents.kind;
  return contents.items.size() == 1 &&
         (kind == Kind::event || kind == Kind::callback || kind == Kind::old_event);
}

std::string objection_to(const vod::Contents& contents) {
  if (!contents.objection.empty()) return contents.objection;
  return std::string("one event is wanted, and this is: ").append(to_string(contents.kind));
}

inbox::Arrival no_event(std::string_view body, const vod::Contents& contents) {
  inbox::Arrival arrival;
  arrival.json = body;
  arrival.fingerprint = vod::fingerprint(body, false);
  arrival.unreadable = objection_to(contents);
  return arrival;
}

}  // namespace

inbox::Arrival arrival_of(std::string_view body) {
  const vod::Contents contents = vod::contents(body);
  inbox::Arrival arrival;
  if (one_event(contents)) {
    const vod::Item& event = contents.items.front();
    arrival = intake::to_arrival(event.slice, event.form, event.path, event.handle);
  } else {
    arrival = no_event(body, contents);
  }
  arrival.source = inbox::Source::push;
  return arrival;
}

}  // namespace receiver
