#include "httpd/name.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <system_error>

namespace httpd {
namespace {

// The casts, here and below, are those that the sockets API is made for.
template <class T>
T& as(sockaddr_storage& bytes) {
  return reinterpret_cast<T&>(bytes);
}
template <class T>
const T& as(const sockaddr_storage& bytes) {
  return reinterpret_cast<const T&>(bytes);
}

std::optional<std::uint16_t> port_in(std::string_view text) {
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, port);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return port;
}

std::string written(int family, const void* address) {
  char text[INET6_ADDRSTRLEN];
  return inet_ntop(family, address, text, sizeof text) ? text : "";
}

}  // namespace

std::optional<Name> Name::of_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == text.npos || text.find('\0') != text.npos) return std::nullopt;
  std::string host(text.substr(0, colon));
  const auto port = port_in(text.substr(colon + 1));
  if (!port) return std::nullopt;
  Name name;
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    auto& in6 = as<sockaddr_in6>(name.bytes);
    in6.sin6_family = AF_INET6;
    in6.sin6_port = htons(*port);
    name.length = sizeof in6;
    if (inet_pton(AF_INET6, host.c_str(), &in6.sin6_addr) != 1) return std::nullopt;
  } else {
    auto& in = as<sockaddr_in>(name.bytes);
    in.sin_family = AF_INET;
    in.sin_port = htons(*port);
    name.length = sizeof in;
    if (inet_pton(AF_INET, host.c_str(), &in.sin_addr) != 1) return std::nullopt;
  }
  return name;
}

Name Name::of_path(std::string_view path) {
  Name name;
  auto& un = as<sockaddr_un>(name.bytes);
  un.sun_family = AF_UNIX;
  path.copy(un.sun_path, path_bytes_max);
  name.length = sizeof un;
  return name;
}

Name Name::of_socket(int socket) {
  Name name;
  name.length = sizeof name.bytes;
  if (getsockname(socket, &as<sockaddr>(name.bytes), &name.length) != 0)
    throw std::system_error(errno, std::generic_category(), "ask a socket for its address");
  return name;
}

std::string Name::text() const {
  if (family() == AF_UNIX) return as<sockaddr_un>(bytes).sun_path;
  if (family() == AF_INET) {
    const auto& in = as<sockaddr_in>(bytes);
    return written(AF_INET, &in.sin_addr) + ':' + std::to_string(ntohs(in.sin_port));
  }
  const auto& in6 = as<sockaddr_in6>(bytes);
  return '[' + written(AF_INET6, &in6.sin6_addr) + "]:" + std::to_string(ntohs(in6.sin6_port));
}

bool Name::loopback() const {
  if (family() == AF_UNIX) return true;
  if (family() == AF_INET) return ntohl(as<sockaddr_in>(bytes).sin_addr.s_addr) >> 24 == 127;
  return family() == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&as<sockaddr_in6>(bytes).sin6_addr);
}

std::string host_in(std::string_view text) {
  const auto with_port = [](std::string_view address) {
    return Name::of_port(std::string(address).append(":0"));
  };
  std::optional<Name> name = Name::of_port(text);
  if (!name) name = with_port(text);
  if (!name) name = with_port(std::string("[").append(text).append("]"));
  return name ? host_of(name->generic()) : std::string();
}

bool loopback_host(const std::string& host) {
  const std::optional<Name> name =
      Name::of_port((host.find(':') == host.npos ? host : '[' + host + ']') + ":0");
  return name && name->loopback();
}

std::string host_of(const sockaddr* name) {
  if (name->sa_family == AF_INET)
    return written(AF_INET, &reinterpret_cast<const sockaddr_in*>(name)->sin_addr);
  if (name->sa_family != AF_INET6) return {};
  const in6_addr& address = reinterpret_cast<const sockaddr_in6*>(name)->sin6_addr;
  if (IN6_IS_ADDR_V4MAPPED(&address)) return written(AF_INET, &address.s6_addr[12]);
  return written(AF_INET6, &address);
}

}  // namespace httpd
