// From a callback's body to what the inbox stores.
#pragma once

#include "inbox/inbox.h"

#include <string_view>

namespace receiver {

// Total: of what is not one event comes an arrival that says why.  Origin and time are the caller's
// to add.
inbox::Arrival arrival_of(std::string_view body);

}  // namespace receiver
