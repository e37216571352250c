// Receiver: a service manager, or a journal, as a program sees one: a socket that takes datagrams.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <optional>
#include <string>
#include <system_error>

namespace support {

class Receiver {
 public:
  explicit Receiver(std::string path)
      : path_(std::move(path)), socket_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    if (bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      throw std::system_error(errno, std::generic_category(), "bind " + path_);
  }
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;
  ~Receiver() { close(socket_); }

  // The next datagram; empty when none comes in time.
  std::optional<std::string> next(std::chrono::milliseconds time) {
    pollfd ready{socket_, POLLIN, 0};
    if (poll(&ready, 1, static_cast<int>(time.count())) != 1) return {};
    std::string text(64 * 1024, '\0');
    const ssize_t length = recv(socket_, text.data(), text.size(), 0);
    text.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
    return text;
  }

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
  int socket_;
};

}  // namespace support
