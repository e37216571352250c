// Whether this machine has IPv6 loopback, which a container may lack.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace support {

inline bool has_ipv6() {
  const int socket = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in6 name{};
  name.sin6_family = AF_INET6;
  name.sin6_addr = in6addr_loopback;
  const bool bound =
      socket >= 0 && ::bind(socket, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0;
  if (socket >= 0) ::close(socket);
  return bound;
}

}  // namespace support
