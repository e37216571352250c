// What a verb that writes says beside another process that works on the database.
#pragma once

#include "daemon/config.h"

#include <string_view>

namespace vodeventd {

// Tells on standard error who it is and how to stop it; `more`: what can be done nevertheless, may
// be empty.  Gives the exit status.
int refuse_beside(const Config& config, std::string_view more);

}  // namespace vodeventd
