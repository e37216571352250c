// The verb import: takes events from files or standard input, in whichever form they were kept.
#pragma once

#include "daemon/config.h"

#include <string>
#include <vector>

namespace vodeventd {

struct ImportOptions {
  std::vector<std::string> files;  // "-", or none at all: standard input
  bool dry_run = false;            // only says what it would do; touches no database
  bool json = false;
};

// Prints a line or a JSON object for each file, and a total; problems go to standard error.  Gives
// the exit status: 0 when everything was taken or is here already, 1 when something was not or a
// file could not be read, exit_running beside another process on the database, exit_unavailable
// when a signal ended it.  Throws inbox::Refused, and std::system_error when nothing can be stored.
int import_files(const Config& config, const ImportOptions& options);

}  // namespace vodeventd
