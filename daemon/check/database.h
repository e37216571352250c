// Looks at the database: what it holds, who works on it, who may read and write it.
#pragma once

#include "daemon/check/findings.h"
#include "daemon/config.h"

namespace vodeventd {

void check_database(const Config& config, Findings& findings);

}  // namespace vodeventd
