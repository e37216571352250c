#include "bench/relay_point.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace bench {
namespace {

[[noreturn]] void refuse(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// -1 when nobody is there, as between two vodsims.
int connect_to(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) refuse("make a socket");
  const sockaddr_in address = loopback(port);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  close(fd);
  return -1;
}

void no_delay(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

RelayPoint::RelayPoint() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, generic, size) != 0 || listen(listener_, 64) != 0 ||
      getsockname(listener_, generic, &size) != 0)
    refuse("listen on loopback");
  port_ = ntohs(address.sin_port);
}

RelayPoint::~RelayPoint() {
  for (const pollfd& end : ends_) close(end.fd);
  close(listener_);
}

std::string RelayPoint::url() const { return "http://127.0.0.1:" + std::to_string(port_); }

void RelayPoint::lead_to(const std::string& url) {
  target_ = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  for (const pollfd& end : ends_) close(end.fd);
  ends_.clear();
}

void RelayPoint::accept_one() {
  const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (fd < 0) return;
  const int other = connect_to(target_);
  if (other < 0) {
    close(fd);
    return;
  }
  no_delay(fd);
  no_delay(other);
  ends_.push_back({fd, POLLIN, 0});
  ends_.push_back({other, POLLIN, 0});
}

// False when one side has ended.
bool RelayPoint::pass(std::size_t from) {
  char buffer[64 * 1024];
  const ssize_t count = recv(ends_[from].fd, buffer, sizeof buffer, 0);
  if (count <= 0) return false;
  if (from % 2 == 0) bytes_sent_ += static_cast<std::uint64_t>(count);
  const int other = ends_[from ^ 1].fd;
  for (ssize_t at = 0; at < count;) {
    const ssize_t sent =
        send(other, buffer + at, static_cast<std::size_t>(count - at), MSG_NOSIGNAL);
    if (sent < 0) return false;
    at += sent;
  }
  return true;
}

void RelayPoint::end(std::size_t index) {
  const auto first = ends_.begin() + static_cast<std::ptrdiff_t>(index & ~std::size_t{1});
  close(first->fd);
  close((first + 1)->fd);
  ends_.erase(first, first + 2);
}

bool RelayPoint::work(std::chrono::seconds time, const std::function<bool()>& done) {
  constexpr auto pace = std::chrono::milliseconds(100);
  const auto until = std::chrono::steady_clock::now() + time;
  auto ask_at = std::chrono::steady_clock::now();
  for (;;) {
    const auto now = std::chrono::steady_clock::now();
    if (now >= ask_at) {
      if (done()) return true;
      ask_at = now + pace;
    }
    if (now >= until) return false;
    std::vector<pollfd> watched = ends_;
    watched.push_back({listener_, POLLIN, 0});
    poll(watched.data(), watched.size(), static_cast<int>(pace.count()));
    if (watched.back().revents) accept_one();
    for (std::size_t i = watched.size() - 1; i-- > 0;)
      if (watched[i].revents && i < ends_.size() && ends_[i].fd == watched[i].fd && !pass(i))
        end(i);
  }
}

}  // namespace bench
