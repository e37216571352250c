// What the service manager and the journal are told.  Without them (a terminal, a container) these
// calls do nothing, and lines go to standard error.
#pragma once

#include "base/log.h"

#include <string>

namespace vodeventd {

void notify_ready();
void notify_stopping();

// The journal with native fields (VODEVENTD_HANDLE=…) when standard error leads there, else
// base::to_stderr.
base::Log::Sink log_sink();

}  // namespace vodeventd
