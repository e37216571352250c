// An element of an EventSet, decoded as the relay does it.
#pragma once

#include "vod/event.h"

namespace support {

inline vod::Decoded decode(std::string_view slice, std::size_t index) {
  return vod::decode(slice, vod::Form::element, vod::element_path(index));
}

inline std::string fingerprint(std::string_view slice, bool readable) {
  return vod::fingerprint(slice, vod::Form::element, readable);
}

}  // namespace support
