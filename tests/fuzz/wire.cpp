#include "fuzz/wire.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace fuzz {
namespace {

Wire* current = nullptr;

}  // namespace

Wire::Wire(std::vector<std::string> replies) : replies_(std::move(replies)) { current = this; }

Wire::~Wire() {
  current = nullptr;
  for (int server : servers_) close(server);
}

bool Wire::connect(int client) {
  int ends[2];
  if (servers_.size() == replies_.size() ||
      socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
    return false;
  const std::string& reply = replies_[servers_.size()];
  servers_.push_back(ends[0]);
  // What exceeds the socket's buffer is cut off: a reply that ends early is to be taken as well.
  const bool sent = reply.empty() || send(ends[0], reply.data(), reply.size(), MSG_NOSIGNAL) > 0;
  const bool done =
      sent && shutdown(ends[0], SHUT_WR) == 0 && dup3(ends[1], client, O_CLOEXEC) >= 0;
  close(ends[1]);
  return done;
}

std::vector<std::string> Wire::received() const {
  std::vector<std::string> requests;
  for (int server : servers_) {
    std::string& request = requests.emplace_back(4096, '\0');
    const ssize_t length = recv(server, request.data(), request.size(), MSG_PEEK);
    request.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
  }
  return requests;
}

}  // namespace fuzz

// In the place of the C library's, for libcurl too.
extern "C" int connect(int client, const sockaddr* address, socklen_t size) {
  if (!fuzz::current) return static_cast<int>(syscall(SYS_connect, client, address, size));
  if (fuzz::current->connect(client)) return 0;
  errno = ECONNREFUSED;
  return -1;
}
