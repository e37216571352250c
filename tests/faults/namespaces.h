// Mounts and a network of the test's own.  A user who is not root becomes root of a user namespace
// first.  All throw std::system_error where the kernel does not allow that.
#pragma once

#include "base/descriptor.h"

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>
#include <system_error>

namespace faults {

inline void enter_namespaces(int kinds) {
  const auto uid = std::to_string(geteuid()), gid = std::to_string(getegid());
  const bool root = geteuid() == 0;
  if (unshare(CLONE_NEWNS | kinds | (root ? 0 : CLONE_NEWUSER)) != 0)
    throw std::system_error(errno, std::generic_category(), "enter namespaces");
  if (!root) {
    std::ofstream("/proc/self/setgroups") << "deny";
    std::ofstream("/proc/self/uid_map") << "0 " << uid << " 1";
    std::ofstream("/proc/self/gid_map") << "0 " << gid << " 1";
  }
  if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    throw std::system_error(errno, std::generic_category(), "keep mounts private");
}

// Nothing but the loopback device, whose ports are all free.
inline void enter_own_network() {
  enter_namespaces(CLONE_NEWNET);
  const base::Descriptor any(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq loopback{};
  std::strcpy(loopback.ifr_name, "lo");
  loopback.ifr_flags = IFF_UP;
  if (ioctl(any.get(), SIOCSIFFLAGS, &loopback) != 0)
    throw std::system_error(errno, std::generic_category(), "start the loopback device");
}

// Whether the test can serve at a port below 1024 and mount over /etc.
inline bool act_as_root() {
  static const bool able = [] {
    try {
      if (geteuid() != 0) enter_own_network();
      return true;
    } catch (const std::system_error&) {
      return false;
    }
  }();
  return able;
}

}  // namespace faults
