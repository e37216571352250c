// From one element of an EventSet to what the inbox stores: decoded, fingerprinted, its columns and
// diagnostics taken out.  Total: whatever the bytes are, an arrival comes of them.
#pragma once

#include "inbox/inbox.h"

#include <cstddef>
#include <string_view>

namespace relay {

inbox::Arrival to_arrival(std::string_view slice, std::size_t index);

}  // namespace relay
