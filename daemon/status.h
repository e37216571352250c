// How things are, in the line that `systemctl status` shows.
#pragma once

#include "base/clock.h"
#include "relay/relay.h"

#include <string>

namespace vodeventd {

// pulling; 120 pulled, 118 stored, 16 await their confirm; last pull 2026-11-21T07:42:00Z
std::string status_line(const relay::Relay& relay, base::Clock& clock);

}  // namespace vodeventd
