// Looks at the way to the service: its name, a connection, TLS.
#pragma once

#include "daemon/check/findings.h"
#include "daemon/config.h"

namespace vodeventd {

// Whether requests can be sent.
bool check_way(const Config& config, Findings& findings);

}  // namespace vodeventd
