// Looks at the disk that holds the database, or will hold it: what kind it is, how much room it
// has, and how long a sync takes.
#pragma once

#include "daemon/check/findings.h"
#include "daemon/config.h"

namespace vodeventd {

void check_disk(const Config& config, Findings& findings);

}  // namespace vodeventd
