// What a text of unknown origin is, and the events in it.  Told by the names of its outermost
// members alone, in this order:
//
//   Response; EventSet               reply to PullEvents (or another call: no events), whole or the
//                                    object inside Response
//   eventList                        reply to the old PullEvent
//   eventContent                     an element of that list by itself
//   event and event_handle           a line of `vodeventd export`: the event in it
//   EventHandle                      element of an EventSet by itself
//   EventType, or an event's member  body of a normal callback
//   eventType, or version and data   event of format 2.0
//   Error, RequestId                 what is inside Response, without events
//   code                             reply of the old API, without events
//
// A member that is null is absent; an EventHandle that is empty is none.  What an item holds is
// left to decode(): one that is broken inside is an item like others and costs itself alone.  Pure,
// and total over whatever the bytes are; throws nothing but std::bad_alloc.
#pragma once

#include "vod/event.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace vod {

enum class Kind { pull_reply, old_pull_reply, event, callback, old_event, exported, other };

// For people: "PullEvents reply", "normal callback", …
std::string_view to_string(Kind kind);

struct Item {
  Form form = Form::element;
  std::string_view slice;  // inside the text
  std::string handle;      // where it stands beside the slice: msgHandle, event_handle
  std::string path;        // how problems name it: EventSet[3], eventList[3].eventContent, $
};

struct Contents {
  Kind kind = Kind::other;
  std::vector<Item> items;
  std::string objection;  // why nothing, or not all, could be taken; empty: nothing is lost
};

// More in one text are not taken.
inline constexpr std::size_t items_max = 100'000;

// `text`: one JSON value.  A list of them is for the caller to split.
Contents contents(std::string_view text);

}  // namespace vod
