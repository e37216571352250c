// A server and its clients in one thread: whoever waits for an answer lets the server run whenever
// its descriptor says so and at each tick, as the daemon's loop does.
#pragma once

#include "httpd/listener.h"
#include "httpd/server.h"
#include "support/fake_clock.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace httpd_test {

class Client {
 public:
  explicit Client(const std::string& address) {
    const bool path = address.starts_with("unix:");
    const bool v4 = address.starts_with("127.");
    socket_ = ::socket(path ? AF_UNIX : v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto port = htons(
        static_cast<std::uint16_t>(std::atoi(address.substr(address.rfind(':') + 1).c_str())));
    sockaddr_un un{.sun_family = AF_UNIX, .sun_path = {}};
    if (path) address.copy(un.sun_path, sizeof un.sun_path - 1, 5);
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = port;
    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockaddr_in6 in6{};
    in6.sin6_family = AF_INET6;
    in6.sin6_port = port;
    in6.sin6_addr = in6addr_loopback;
    const int result = path ? connect_to(un) : v4 ? connect_to(in) : connect_to(in6);
    if (result != 0) throw std::system_error(errno, std::generic_category(), address);
  }
  Client(Client&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() {
    if (socket_ >= 0) close(socket_);
  }

  void send(std::string_view text) const {
    const ssize_t sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(text.size()))
      throw std::system_error(errno, std::generic_category(), "send");
  }

  [[nodiscard]] int descriptor() const { return socket_; }

 private:
  int connect_to(const auto& name) const {
    return connect(socket_, reinterpret_cast<const sockaddr*>(&name), sizeof name);
  }
  int socket_ = -1;
};

// Lets the other side take its turns until the client's connection is over; gives what the client
// was sent, or "nothing" when the connection still stands after 10 s.
template <class Turn>
std::string read_all(int descriptor, Turn turn, const Client& client) {
  std::string text;
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (std::chrono::steady_clock::now() < limit) {
    pollfd fds[] = {{client.descriptor(), POLLIN, 0}, {descriptor, POLLIN, 0}};
    const bool ticked = poll(fds, 2, 20) == 0;
    if (ticked || fds[1].revents != 0) turn();
    if (fds[0].revents == 0) continue;
    char buffer[4096];
    const ssize_t count = recv(client.descriptor(), buffer, sizeof buffer, 0);
    if (count <= 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
  }
  return "nothing";
}

inline std::string read_all(httpd::Server& server, const Client& client) {
  return read_all(
      server.descriptor(), [&] { server.run(); }, client);
}

// Lets the server take in what clients have done so far.
inline void settle(httpd::Server& server) {
  pollfd ready{server.descriptor(), POLLIN, 0};
  while (poll(&ready, 1, 50) == 1) server.run();
}

}  // namespace httpd_test
