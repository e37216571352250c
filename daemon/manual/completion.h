// Completion of the daemon's command line by shells.
#pragma once

#include "daemon/manual/command_line.h"

#include <string>

namespace manual {

// Works with a plain bash: nothing of the package bash-completion is called.
std::string bash_completion(const CommandLine& line);
std::string zsh_completion(const CommandLine& line);

}  // namespace manual
