#include "daemon/datagram.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <utility>

namespace vodeventd {

Datagrams::Datagrams(std::string path)
    : path_(std::move(path)),
      socket_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {}

Datagrams::~Datagrams() {
  if (socket_ >= 0) close(socket_);
}

// The name is looked up each time: the receiver may have been started anew.
bool Datagrams::send(std::string_view text) const noexcept {
  sockaddr_un address{};
  if (path_.empty() || path_.size() >= sizeof address.sun_path) return false;
  address.sun_family = AF_UNIX;
  path_.copy(address.sun_path, path_.size());
  if (path_.front() == '@') address.sun_path[0] = '\0';
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path_.size() +
                                             (path_.front() == '@' ? 0 : 1));
  return sendto(socket_, text.data(), text.size(), MSG_NOSIGNAL,
                reinterpret_cast<const sockaddr*>(&address),
                length) == static_cast<ssize_t>(text.size());
}

}  // namespace vodeventd
