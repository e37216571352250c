// Sockets that the service manager keeps and hands over to each process of a service
// (sd_listen_fds(3)): whoever connects while the service is started anew waits, and is refused
// nothing.
#pragma once

#include "base/descriptor.h"

#include <sys/types.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace httpd {

// Nothing was handed over, or not what was wanted; says what to do.
struct NotHandedOver : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The variables of the protocol, as they are in the environment.
struct Handover {
  std::string pid, count, names;  // LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES

  static Handover of_environment();

  // The descriptor of this name, or the only one there is.  Throws NotHandedOver.
  [[nodiscard]] int find(std::string_view name, pid_t self) const;
};

}  // namespace httpd
