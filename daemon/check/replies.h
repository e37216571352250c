// What the service's answers say of the application: how its events are delivered, and how many
// wait.
#pragma once

#include "daemon/check/findings.h"
#include "vod/reply.h"

namespace vodeventd {

// Replies without a failure, to DescribeEventConfig and DescribeEventsState.  `receives`: callbacks
// are received too.
void check_delivery(const vod::Reply& reply, bool receives, Findings& findings);
void check_queue(const vod::Reply& reply, Findings& findings);

}  // namespace vodeventd
