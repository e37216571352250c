// Decodes one element of an EventSet.  Nothing that is wrong with it is thrown: what cannot be read
// comes back as `unreadable`, what is odd as `problems`, and both keep the bytes as they came.
#pragma once

#include "json/problem.h"
#include "vod/events.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vod {

// The columns by which people look for an event, taken from the decoded struct where it has them
// (members TaskId, FileId, Status, ErrCode).
struct Identity {
  std::optional<std::string> task_id;
  std::optional<std::string> file_id;
  std::optional<std::string> status;  // RestoreMediaTask has a number, given as its digits
  std::optional<std::int64_t> err_code;
};

struct Decoded {
  EventContent content;
  std::string handle;      // the confirm token; salvaged from an unreadable element where possible
  std::string event_type;  // as received; when missing, told by the one member that is filled
  // The member that holds the event, as the schema names it (ConcatCompleteEvent); empty when no
  // known member is filled.  Of several, the one that the EventType names, else the first.
  std::string_view member;
  Identity identity;
  json::Problems problems;
  std::string
      unreadable;  // not empty: why the element is not an event (no object, not JSON, no handle)
};

// `slice`: the element's own bytes.  `index`: its place in the EventSet, for the problems' paths.
Decoded decode(std::string_view slice, std::size_t index);

// SHA-256 over the canonical form without EventHandle, 32 bytes; of an unreadable element over its
// bytes.
std::string fingerprint(std::string_view slice, bool readable);

}  // namespace vod
