#include "httpd/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdint>
#include <optional>
#include <system_error>

namespace httpd {
namespace {

constexpr std::string_view v4_host = "127.0.0.1:";
constexpr std::string_view v6_host = "[::1]:";
constexpr std::string_view path_prefix = "unix:";
constexpr std::size_t path_bytes_max = sizeof(sockaddr_un::sun_path) - 1;
constexpr int backlog = 64;

std::optional<std::uint16_t> port_of(std::string_view address) {
  for (const std::string_view host : {v4_host, v6_host}) {
    if (!address.starts_with(host)) continue;
    address.remove_prefix(host.size());
    std::uint16_t port = 0;
    const char* end = address.data() + address.size();
    const auto read = std::from_chars(address.data(), end, port);
    if (read.ec == std::errc() && read.ptr == end) return port;
  }
  return std::nullopt;
}

[[noreturn]] void fail(int error, const std::string& address) {
  throw std::system_error(error, std::generic_category(), "listen on " + address);
}

sockaddr_un name_of(const std::string& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  path.copy(name.sun_path, path_bytes_max);
  return name;
}

// The cast is the one that the sockets API is made for.
const sockaddr* generic(const auto& name) { return reinterpret_cast<const sockaddr*>(&name); }

bool served(const std::string& path) {
  const int client = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const sockaddr_un name = name_of(path);
  const bool refused =
      client >= 0 && connect(client, generic(name), sizeof name) != 0 && errno == ECONNREFUSED;
  if (client >= 0) close(client);
  return !refused;
}

// What lies where our socket is to be: one of our own that nobody serves may go.
void remove_stale(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) return;
  const bool ours = S_ISSOCK(status.st_mode) && status.st_uid == geteuid();
  if (!ours || served(path)) fail(EADDRINUSE, path);
  unlink(path.c_str());
}

int family_of(std::string_view address) {
  if (address.starts_with(path_prefix)) return AF_UNIX;
  return address.starts_with(v4_host) ? AF_INET : AF_INET6;
}

}  // namespace

std::string objection(std::string_view address) {
  if (port_of(address)) return {};
  if (!address.starts_with(path_prefix))
    return "must be 127.0.0.1:PORT, [::1]:PORT or unix:/path: it is for this machine alone";
  address.remove_prefix(path_prefix.size());
  if (!address.starts_with('/') || address.ends_with('/') || address.find('\0') != address.npos)
    return "must have a full path behind unix:";
  if (address.size() > path_bytes_max)
    return "has a path longer than " + std::to_string(path_bytes_max) + " bytes";
  return {};
}

Listener::Socket::Socket(int family)
    : fd(socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "make a socket");
}

Listener::Socket::~Socket() { close(fd); }

Listener::Listener(const std::string& address) : socket_(family_of(address)) {
  if (address.starts_with(path_prefix)) {
    path_ = address.substr(path_prefix.size());
    bind_path();
  } else {
    bind_port(address);
  }
  if (listen(socket_.fd, backlog) != 0) fail(errno, address);
}

Listener::~Listener() {
  struct stat status {};
  const bool ours = !path_.empty() && lstat(path_.c_str(), &status) == 0 &&
                    status.st_dev == device_ && status.st_ino == inode_;
  if (ours) unlink(path_.c_str());
}

void Listener::bind_port(std::string_view address) {
  const std::uint16_t port = htons(port_of(address).value());
  const int on = 1;
  setsockopt(socket_.fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in name4{};
  name4.sin_family = AF_INET;
  name4.sin_port = port;
  name4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr_in6 name6{};
  name6.sin6_family = AF_INET6;
  name6.sin6_port = port;
  name6.sin6_addr = in6addr_loopback;
  const int bound = address.starts_with(v4_host) ? bind(socket_.fd, generic(name4), sizeof name4)
                                                 : bind(socket_.fd, generic(name6), sizeof name6);
  if (bound != 0) fail(errno, std::string(address));
}

void Listener::bind_path() {
  remove_stale(path_);
  const sockaddr_un name = name_of(path_);
  if (bind(socket_.fd, generic(name), sizeof name) != 0) fail(errno, path_);
  struct stat status {};
  if (chmod(path_.c_str(), 0660) != 0 || lstat(path_.c_str(), &status) != 0) fail(errno, path_);
  device_ = status.st_dev;
  inode_ = status.st_ino;
}

std::string Listener::address() const {
  if (!path_.empty()) return std::string(path_prefix) + path_;
  sockaddr_in6 name{};  // its port stands where that of the shorter one does
  socklen_t length = sizeof name;
  getsockname(socket_.fd, reinterpret_cast<sockaddr*>(&name), &length);
  return std::string(name.sin6_family == AF_INET ? v4_host : v6_host) +
         std::to_string(ntohs(name.sin6_port));
}

}  // namespace httpd
