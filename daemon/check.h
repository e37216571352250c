// The verb check: is everything there that run needs?  Prints a line for each thing it looked at,
// with what to do where something is wrong.
#pragma once

#include "daemon/config.h"

namespace vodeventd {

// `online`: also asks the service whether it takes our signature and where it sends the events.
// Gives the exit status.
int check(const Config& config, bool online);

}  // namespace vodeventd
