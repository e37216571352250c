// The verb check: finds what is wrong on a machine before it hurts, and says of each finding what
// to do.  It changes nothing: the database is opened read-only, its lock is looked at and not
// taken, a temporary file is gone again before it is written to.
//
// What one look finds keeps no other from looking, unless that needs it.  Online it asks nothing
// that would disturb a daemon at work: it describes, and confirms a handle that never was.  Whether
// the key may pull can only be known by pulling, which leases up to 16 events that then come again
// 30 s later; so that is done when `pull` asks for it, and only while no daemon has the database.
// What the network is waited for is less than 10 s in all; a pull waits for 7 s more at most.
#pragma once

#include "daemon/config.h"

#include <string>

namespace vodeventd {

struct CheckOptions {
  bool configuration = false;  // read the configuration and nothing else
  bool online = false;         // ask the service too
  bool pull = false;           // and pull from it
  bool json = false;
};

// Prints the findings and gives the exit status: 0 when nothing is bad.  `path` to `instance` as
// load_config() takes them.  Throws std::system_error when libcurl can't be used at all.
int check(const std::string& path, bool required, const Environment& environment,
          const std::string& instance, const CheckOptions& options);

}  // namespace vodeventd
