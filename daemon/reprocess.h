// The verb reprocess: decodes stored events again with this program's decoder and brings their
// columns up to date, while no daemon works on the database.
#pragma once

#include "daemon/config.h"

#include <cstdint>

namespace vodeventd {

struct ReprocessOptions {
  bool dry_run = false;  // look and write nothing: beside a running daemon too
  bool json = false;
  std::int64_t from = 1;  // the first id
};

// Prints what has changed.  Gives the exit status: 0, or exit_running when another process works on
// the database.  Throws inbox::Refused and std::system_error when the database can't be read or
// written; what was brought up to date by then stays so.
int reprocess(const Config& config, const ReprocessOptions& options);

}  // namespace vodeventd
