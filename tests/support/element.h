// An element of an EventSet, decoded as the relay does it.
#pragma once

#include "vod/event.h"

namespace support {

inline vod::Decoded decode(std::string_view slice, std::size_t index) {
  return vod::decode(slice, vod::Form::element, vod::element_path(index));
}

}  // namespace support
