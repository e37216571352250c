// Looks, when root asks, at whether the service's user may read and write what the configuration
// names: root itself may do everything.
#pragma once

#include "daemon/check/findings.h"
#include "daemon/config.h"

namespace vodeventd {

// The service's user is the owner of the database's folder.
void check_rights(const Config& config, Findings& findings);

}  // namespace vodeventd
