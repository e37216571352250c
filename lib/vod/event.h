// Decodes one event.  Nothing that is wrong with it is thrown: what cannot be read comes back as
// `unreadable`, what is odd as `problems`, and both keep the bytes as they came.
#pragma once

#include "base/box.h"
#include "json/problem.h"
#include "vod/events.h"
#include "vod/identity.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace vod {

// How an event stands in what brought it.
enum class Form {
  element,    // of an EventSet: EventContent with its EventHandle
  callback,   // body of a normal callback: EventContent without a handle, perhaps with Sign and T
  old_event,  // format 2.0: version, eventType, data
};

struct Decoded {
  Form form = Form::element;  // as asked for; element where a callback has a handle
  std::string_view format;    // "v3.0" or "v2.0"
  EventContent content;       // of v3.0
  base::Box<OldEvent> old;    // of v2.0, else empty
  std::string handle;      // the confirm token; salvaged from an unreadable element where possible
  std::string event_type;  // as received; v3.0: when missing, told by the one member that is filled
  // The member that holds the event, as the schema names it (ConcatCompleteEvent; data); empty when
  // no known member is filled.  Of several, the one that the EventType names, else the first.
  std::string_view member;
  Identity identity;
  json::Problems problems;
  // Not empty: why it is not an event (no object, not JSON, an element without a handle, a callback
  // with neither EventType nor a known member, an old event without eventType).
  std::string unreadable;
};

// `slice`: the event's own bytes.  `path` names it in the problems: EventSet[3].
Decoded decode(std::string_view slice, Form form, std::string_view path);

// SHA-256 over the canonical form of the content, 32 bytes: without EventHandle, Sign and T, which
// are those of one delivery.  Of what is unreadable over its bytes.
std::string fingerprint(std::string_view slice, bool readable);

// A handle by its JSON: a text, or a number's digits; empty when it is neither.
std::string handle_of(std::string_view json);

// How problems name an element of a reply: EventSet[3].
std::string element_path(std::size_t index);

}  // namespace vod
