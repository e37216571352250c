// The canonical form of a JSON object, over which an event's fingerprint is taken: members sorted
// by name at every level, no white space, members that are null left out (absent and null mean the
// same), strings with their escapes resolved, numbers exactly as received.  Two deliveries of one
// event have the same canonical form however the server orders, spaces, escapes or abbreviates
// them.
//
// `text` must be an object that read() took without complaint, which also bounds its nesting.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace json {

// `without`: members of the outermost object that are left out.
std::string canonical(std::string_view text, std::span<const std::string_view> without = {});

}  // namespace json
