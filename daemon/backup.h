// The verb backup: copies the database as it is at one moment, beside a running daemon or without
// one.
#pragma once

#include "daemon/config.h"

#include <string>

namespace vodeventd {

// Writes FILE.part, checks it, and gives it its name when it is on the disk: `file` is either whole
// or not there.  Gives the exit status: 0, or exit_usage when `file` is there already.  Throws
// inbox::Refused and std::system_error when the database can't be read or the copy not be written.
int backup(const Config& config, const std::string& file);

}  // namespace vodeventd
