// SIGHUP: the configuration and the keys are read again, all of it or nothing.  What is
// broken is told with file, line and column, and the daemon works on with what it has.
#pragma once

#include "base/log.h"
#include "daemon/config.h"
#include "daemon/parts.h"
#include "daemon/reception.h"
#include "relay/relay.h"

namespace vodeventd {

// `running` is what the parts work by; it takes over the changes that take effect.  Those that need
// a new start are told as a warning.
void reload(Config& running, Api& api, relay::Relay& relay, Reception& reception, base::Log& log);

}  // namespace vodeventd
