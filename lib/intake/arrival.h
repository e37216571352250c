// From what came in, by whichever way, to what the inbox stores.
#pragma once

#include "inbox/inbox.h"
#include "vod/event.h"
#include "vod/reply.h"

#include <string_view>

namespace intake {

// One event: decoded, fingerprinted, its columns and diagnostics taken out. Total: whatever the
// bytes are, an arrival comes of them.  `path` names it in the diagnostics; `handle`: where it
// stands beside the event and not in it.
inbox::Arrival to_arrival(std::string_view slice, vod::Form form, std::string_view path,
                          std::string_view handle = {});

// A stored event as if it came now, by the columns json and format: fingerprint, columns and
// diagnostics are those that it was given, or that a decoder of today gives it.  Its handle is the
// one in the JSON; empty where that has none, since it came without (the row has a key of ours
// then) or had its handle beside it.  The diagnostics' paths begin with `$`.
inbox::Arrival read_again(std::string_view json, std::string_view format);

// An event for whose decoding the memory did not suffice.  Its handle is not known: what was pulled
// comes again when its lease is over.
inbox::Arrival unread(std::string_view slice);

// A reply that has to be kept although it gave no event, its first bytes at least.  The fingerprint
// is that of the kept bytes without the RequestId, which is another one each time.
inbox::Arrival whole_reply(const vod::Reply& reply);

// Whether this is the fingerprint that what stands in quarantine was given.
bool fits(std::string_view fingerprint, std::string_view bytes, std::string_view request_id);

}  // namespace intake
