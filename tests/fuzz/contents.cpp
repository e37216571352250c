#include "vod/contents.h"

#include "fuzz/laws.h"
#include "fuzz/targets.h"
#include "vod/reply.h"

#include <algorithm>
#include <string>

namespace fuzz {
namespace {

bool same(const vod::Item& one, const vod::Item& other) {
  return one.form == other.form && one.slice.data() == other.slice.data() &&
         one.slice.size() == other.slice.size() && one.handle == other.handle &&
         one.path == other.path;
}

void check_outline(const vod::Contents& found, std::string_view input) {
  require(found.items.size() <= vod::items_max, "items are bounded");
  const char* behind = input.data();
  for (const vod::Item& item : found.items) {
    require(inside(item.slice, input), "an item lies in the text");
    require(!item.path.empty(), "an item has a path");
    if (item.slice.empty()) continue;
    require(item.slice.data() >= behind, "items come in order and do not overlap");
    behind = item.slice.data() + item.slice.size();
  }
  const bool other = found.kind == vod::Kind::other;
  require(!other || found.items.empty(), "what is not known gives no items");
  require(!other || !found.objection.empty(), "what is not known is objected to");
  require(!to_string(found.kind).empty(), "a kind has a name");
}

// What a pull would take of it, contents() takes too.
void check_pulled(const vod::Contents& found, std::string_view input) {
  ::http::Response response;
  response.status = 200;
  response.body = input;
  const vod::Reply reply = vod::read_reply(vod::Action::pull_events, std::move(response));
  if (reply.failure || reply.events.empty() || !found.objection.empty()) return;
  require(found.kind == vod::Kind::pull_reply, "a reply with events is one");
  require(std::ranges::equal(found.items, reply.events, {}, &vod::Item::slice),
          "its events are the items");
}

}  // namespace

void contents(std::string_view input) {
  const vod::Contents found = vod::contents(input), again = vod::contents(input);
  require(found.kind == again.kind && found.objection == again.objection &&
              std::ranges::equal(found.items, again.items, same),
          "the same text gives the same contents");
  check_outline(found, input);
  check_pulled(found, input);
  for (const vod::Item& item : found.items)
    check_event(item.slice, item.form, item.path, item.handle);
}

}  // namespace fuzz
