// The verb audit: proves from the database, beside a running daemon or without one, that it holds
// what it promises.
#pragma once

#include "daemon/config.h"

namespace vodeventd {

// Prints a line for each rule, or one JSON object.  Gives the exit status: 0 when all rules hold,
// else 1.  Throws inbox::Refused and std::system_error when the database can't be read.
int audit(const Config& config, bool json);

}  // namespace vodeventd
