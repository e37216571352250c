// LoopbackServer: real sockets on 127.0.0.1, for tests of what speaks HTTP.  Each complete request
// is given to `answer`, which says the exact bytes to send and what to do then, so a reply may be
// as wrong as the test likes.
//
// One thread serves all connections; it is joined when the scope ends.  `answer` runs on that
// thread: let it capture constants and atomics only.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace support {

enum class Then { keep, close, reset };

struct Reply {
  std::string bytes;  // nothing and Then::keep: the client waits
  Then then = Then::keep;
  std::chrono::milliseconds drip{0};  // pause after each byte
};

// A well-formed reply.  `headers`: further lines, each with its CRLF.
inline std::string http_reply(int status, std::string_view body, std::string_view headers = {}) {
  std::string text = "HTTP/1.1 " + std::to_string(status) + " Status\r\nContent-Length: ";
  text += std::to_string(body.size()) + "\r\n";
  return text.append(headers).append("\r\n").append(body);
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {
    if (fd < 0) throw std::system_error(errno, std::generic_category(), "open a descriptor");
  }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const noexcept { return fd_; }

 private:
  int fd_;
};

class LoopbackServer {
 public:
  using Answer = std::function<Reply(const std::string& request)>;

  explicit LoopbackServer(Answer answer)
      : answer_(std::move(answer)),
        listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
        stop_(::eventfd(0, EFD_CLOEXEC)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_.get(), generic, size) != 0 || ::listen(listener_.get(), 64) != 0 ||
        ::getsockname(listener_.get(), generic, &size) != 0) {
      throw std::system_error(errno, std::generic_category(), "listen on 127.0.0.1");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }

  ~LoopbackServer() {
    const std::uint64_t one = 1;
    if (::write(stop_.get(), &one, sizeof one) != sizeof one) std::abort();
    thread_.join();
  }

  [[nodiscard]] int port() const noexcept { return port_; }
  [[nodiscard]] std::string url(std::string_view path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_).append(path);
  }
  [[nodiscard]] int connections() const noexcept { return connections_; }
  [[nodiscard]] std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  struct Connection {
    Descriptor socket;
    std::string received;
  };

  void serve() {
    std::list<Connection> open;
    for (;;) {
      std::vector<pollfd> fds{{stop_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
      for (const Connection& each : open) fds.push_back({each.socket.get(), POLLIN, 0});
      if (::poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR) return;
      if (fds[0].revents != 0) return;
      std::size_t at = 2;
      for (auto each = open.begin(); each != open.end(); ++at) {
        const bool ready = fds[at].revents != 0;
        each = ready && !read_some(*each) ? open.erase(each) : std::next(each);
      }
      if (fds[1].revents != 0) {
        open.push_back(
            {Descriptor(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)), {}});
        ++connections_;
      }
    }
  }

  // False when the connection is over.
  bool read_some(Connection& connection) {
    char buffer[16384];
    const ssize_t got = ::recv(connection.socket.get(), buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    connection.received.append(buffer, static_cast<std::size_t>(got));
    while (const std::size_t length = request_length(connection.received)) {
      const std::string request = connection.received.substr(0, length);
      connection.received.erase(0, length);
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      if (!send(connection.socket.get(), answer_(request))) return false;
    }
    return true;
  }

  // Bytes of the complete request that `text` begins with, else 0.
  static std::size_t request_length(const std::string& text) {
    const std::size_t head = text.find("\r\n\r\n");
    if (head == text.npos) return 0;
    constexpr std::string_view name = "\r\nContent-Length:";
    std::size_t body = 0;
    for (std::size_t at = 0; at < head; ++at) {
      if (strncasecmp(text.data() + at, name.data(), name.size()) == 0) {
        body = std::strtoul(text.data() + at + name.size(), nullptr, 10);
      }
    }
    const std::size_t length = head + 4 + body;
    return text.size() >= length ? length : 0;
  }

  bool send(int socket, const Reply& reply) {
    const std::size_t step = reply.drip.count() > 0 ? 1 : reply.bytes.size();
    for (std::size_t at = 0; at < reply.bytes.size();) {
      const std::size_t length = std::min(step, reply.bytes.size() - at);
      const ssize_t sent = ::send(socket, reply.bytes.data() + at, length, MSG_NOSIGNAL);
      if (sent <= 0) return false;
      at += static_cast<std::size_t>(sent);
      if (reply.drip.count() > 0 && stopped_within(reply.drip)) return false;
    }
    if (reply.then == Then::reset) {
      const linger at_once{1, 0};
      ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    return reply.then == Then::keep;
  }

  [[nodiscard]] bool stopped_within(std::chrono::milliseconds time) const {
    pollfd stop{stop_.get(), POLLIN, 0};
    return ::poll(&stop, 1, static_cast<int>(time.count())) > 0;
  }

  Answer answer_;
  Descriptor listener_;
  Descriptor stop_;
  int port_ = 0;
  std::atomic<int> connections_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

}  // namespace support
