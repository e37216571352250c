// Looks at where callbacks are received: whether its address can be had, and who may send there.
#pragma once

#include "daemon/check/findings.h"
#include "daemon/config.h"

namespace vodeventd {

// Says nothing when [receiver] is off.
void check_reception(const Config& config, Findings& findings);

// Says nothing unless the configuration leaves nothing to do.
void check_work(const Config& config, Findings& findings);

}  // namespace vodeventd
