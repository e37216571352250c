// Asks the service: whether it takes the key, for each action apart, how events are delivered, how
// many wait, how fast it answers, and what time it is there.
//
// DescribeEventConfig and DescribeEventsState change nothing.  ConfirmEvents is asked with a handle
// that never was: who may confirm is told that the handle is wrong, who may not is told that.  For
// PullEvents there is no such question, see check.h.
#pragma once

#include "daemon/check/findings.h"
#include "daemon/config.h"

namespace vodeventd {

void check_service(const Config& config, bool pull, Findings& findings);

}  // namespace vodeventd
