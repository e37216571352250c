// The laws that hold for any bytes that stand where an event is expected.
#pragma once

#include "vod/event.h"

#include <string_view>

namespace fuzz {

void check_event(std::string_view slice, vod::Form form, std::string_view path,
                 std::string_view handle = {});

// Whether `part` lies in `whole`, which is more than that it is equal to some of it.
inline bool inside(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

}  // namespace fuzz
