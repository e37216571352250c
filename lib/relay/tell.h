// What the driver tells the log.
#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "inbox/inbox.h"
#include "relay/relay.h"

#include <span>

namespace relay {

void tell(base::Log& log, const Notice& notice);

// What became of these arrivals; `took`: their transaction.
void tell_saved(base::Log& log, std::span<const inbox::Arrival> arrivals,
                const inbox::SaveResult& result, base::BootTime::duration took);

}  // namespace relay
