// The verb explain: the whole story of an event, to be pasted into a support ticket.
#pragma once

#include "daemon/config.h"

#include <string>

namespace vodeventd {

// `key`: a handle, TaskId or FileId.  Gives the exit status: 0, or 1 when there is no such event.
// Throws inbox::Refused and std::system_error when the database can't be read.
int explain(const Config& config, const std::string& key, bool json);

}  // namespace vodeventd
