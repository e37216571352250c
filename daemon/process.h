// What this process takes of the machine, from /proc.
#pragma once

#include "base/clock.h"

namespace vodeventd {

struct Usage {
  double cpu_s = 0;
  double resident_bytes = 0;
  double virtual_bytes = 0;
  double open_fds = 0;
  double max_fds = 0;
};

// What can't be read is 0.
Usage usage();

// When the process was started.
base::Utc started_at(base::Clock& clock);

}  // namespace vodeventd
