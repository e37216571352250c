#include "vodsim/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace vodsim {
namespace {

struct Address {
  sockaddr_storage storage{};
  socklen_t length = 0;
};

bool fill_v4(const std::string& host, std::uint16_t port, Address& out) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  if (inet_pton(AF_INET, host.c_str(), &v4.sin_addr) != 1) return false;
  if (ntohl(v4.sin_addr.s_addr) >> 24 != 127) return false;
  out.length = sizeof v4;
  std::memcpy(&out.storage, &v4, sizeof v4);
  return true;
}

Address parse(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const std::string host = text.substr(0, colon);
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  Address out;
  const bool port_good =
      colon != std::string::npos &&
      std::from_chars(text.data() + colon + 1, end, port) == std::from_chars_result{end, {}};
  if (port_good && host == "[::1]") {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    v6.sin6_addr = in6addr_loopback;
    out.length = sizeof v6;
    std::memcpy(&out.storage, &v6, sizeof v6);
    return out;
  }
  if (port_good && fill_v4(host == "localhost" ? "127.0.0.1" : host, port, out)) return out;
  throw std::invalid_argument("--listen " + text +
                              ": give a loopback address and a port, such as 127.0.0.1:8080");
}

}  // namespace

int listen_on(const std::string& address) {
  const Address where = parse(address);
  const int fd = socket(where.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  // The cast is the one that the sockets API is made for.
  const auto* name = reinterpret_cast<const sockaddr*>(&where.storage);
  if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
      bind(fd, name, where.length) == 0 && listen(fd, SOMAXCONN) == 0)
    return fd;
  const int error = errno;
  if (fd >= 0) close(fd);
  throw std::system_error(error, std::generic_category(), "cannot listen on " + address);
}

std::string url_of(int listener, const std::string& scheme) {
  Address got;
  got.length = sizeof got.storage;
  if (getsockname(listener, reinterpret_cast<sockaddr*>(&got.storage), &got.length) != 0)
    throw std::system_error(errno, std::generic_category(), "cannot tell the port");
  char host[INET6_ADDRSTRLEN] = "";
  if (got.storage.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &got.storage, sizeof v6);
    inet_ntop(AF_INET6, &v6.sin6_addr, host, sizeof host);
    return scheme + "://[" + host + "]:" + std::to_string(ntohs(v6.sin6_port));
  }
  sockaddr_in v4{};
  std::memcpy(&v4, &got.storage, sizeof v4);
  inet_ntop(AF_INET, &v4.sin_addr, host, sizeof host);
  return scheme + "://" + host + ':' + std::to_string(ntohs(v4.sin_port));
}

}  // namespace vodsim
