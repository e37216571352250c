// The verbs run and drain.
#pragma once

#include "base/log.h"
#include "daemon/config.h"

namespace vodeventd {

// Pulls, stores and confirms until SIGTERM or SIGINT, or with `drain` until the queue is empty.
// Gives the exit status.
int run(const Config& config, base::Log& log, bool drain);

}  // namespace vodeventd
