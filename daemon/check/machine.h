// Looks at what the machine brings: the SQLite library and the clock.
#pragma once

#include "daemon/check/findings.h"

namespace vodeventd {

void check_machine(Findings& findings);

}  // namespace vodeventd
