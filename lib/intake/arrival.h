// From what a reply brought to what the inbox stores.
#pragma once

#include "inbox/inbox.h"
#include "vod/reply.h"

#include <cstddef>
#include <string_view>

namespace intake {

// One element of an EventSet: decoded, fingerprinted, its columns and diagnostics taken out. Total:
// whatever the bytes are, an arrival comes of them.
inbox::Arrival to_arrival(std::string_view slice, std::size_t index);

// An element for whose decoding the memory did not suffice.  Its handle is not known: it comes
// again when its lease is over.
inbox::Arrival unread(std::string_view slice);

// A reply that has to be kept although it gave no event, its first bytes at least.  The fingerprint
// is that of the kept bytes without the RequestId, which is another one each time.
inbox::Arrival whole_reply(const vod::Reply& reply);

// Whether this is the fingerprint that what stands in quarantine was given.
bool fits(std::string_view fingerprint, std::string_view bytes, std::string_view request_id);

}  // namespace intake
