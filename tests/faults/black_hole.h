// BlackHole: a port of loopback that answers no one who knocks, since its queue of new connections
// is full.
#pragma once

#include "base/owned.h"
#include "support/loopback_server.h"

#include <netdb.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

namespace faults {

class BlackHole {
 public:
  // `address`: 127.0.0.1 or ::1
  BlackHole(const std::string& address, std::uint16_t port) {
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &found) != 0)
      throw std::system_error(EINVAL, std::generic_category(), address);
    const base::Owned<addrinfo, ::freeaddrinfo> owned(found);
    const int on = 1;
    const int listener = add_socket(*found);
    ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (::bind(listener, found->ai_addr, found->ai_addrlen) != 0 || ::listen(listener, 0) != 0)
      throw std::system_error(errno, std::generic_category(), "listen on " + address);
    for (int i = 0; i < 4; ++i) ::connect(add_socket(*found), found->ai_addr, found->ai_addrlen);
  }

 private:
  int add_socket(const addrinfo& like) {
    constexpr int flags = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;
    return sockets_.emplace_back(::socket(like.ai_family, flags, 0)).get();
  }

  std::vector<support::Descriptor> sockets_;
};

}  // namespace faults
