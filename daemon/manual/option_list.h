// Options as roff, of either program.
#pragma once

#include "daemon/manual/command_line.h"

#include <string>

namespace manual {

// --config FILE, with fonts.
std::string usage(const Option& option);

// An entry for each: usage, meaning, what else it needs, default.
std::string list(const std::vector<Option>& options);

}  // namespace manual
