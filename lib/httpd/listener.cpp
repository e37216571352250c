#include "httpd/listener.h"

#include "httpd/name.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

namespace httpd {
namespace {

constexpr std::string_view path_prefix = "unix:";

[[noreturn]] void fail(int error, const std::string& address) {
  throw std::system_error(error, std::generic_category(), "listen on " + address);
}

base::Descriptor make_socket(int family) {
  base::Descriptor made(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (made.get() < 0) throw std::system_error(errno, std::generic_category(), "make a socket");
  return made;
}

bool served(const Name& path) {
  const base::Descriptor client(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  return client.get() < 0 || connect(client.get(), path.generic(), path.length) == 0 ||
         errno != ECONNREFUSED;
}

// What lies where our socket is to be: one of our own that nobody serves may go.
void remove_stale(const std::string& path, const Name& name) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) return;
  const bool ours = S_ISSOCK(status.st_mode) && status.st_uid == geteuid();
  if (!ours || served(name)) fail(EADDRINUSE, path);
  unlink(path.c_str());
}

std::string objection_to_path(std::string_view path) {
  if (!path.starts_with('/') || path.ends_with('/') || path.find('\0') != path.npos)
    return "must have a full path behind unix:";
  if (path.size() > Name::path_bytes_max)
    return "has a path longer than " + std::to_string(Name::path_bytes_max) + " bytes";
  return {};
}

int option_of(int socket, int option) {
  int value = 0;
  socklen_t length = sizeof value;
  return getsockopt(socket, SOL_SOCKET, option, &value, &length) == 0 ? value : -1;
}

}  // namespace

std::string objection(std::string_view address, Reach reach) {
  if (address.starts_with(path_prefix))
    return objection_to_path(address.substr(path_prefix.size()));
  const std::optional<Name> name = Name::of_port(address);
  if (reach == Reach::network)
    return name ? "" : "must be ADDRESS:PORT, with an IPv6 address in brackets, or unix:/path";
  if (name && (address.starts_with("127.0.0.1:") || address.starts_with("[::1]:"))) return {};
  return "must be 127.0.0.1:PORT, [::1]:PORT or unix:/path: it is for this machine alone";
}

Reach reach_of(std::string_view address) {
  const bool path = address.starts_with(path_prefix);
  return path || Name::of_port(address).value().loopback() ? Reach::machine : Reach::network;
}

Listener::Listener(const std::string& address) {
  if (address.starts_with(path_prefix)) {
    path_ = address.substr(path_prefix.size());
    bind_path();
  } else {
    const Name name = Name::of_port(address).value();
    socket_ = make_socket(name.family());
    const int on = 1;
    setsockopt(socket_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(socket_.get(), name.generic(), name.length) != 0) fail(errno, address);
  }
  if (listen(socket_.get(), SOMAXCONN) != 0) fail(errno, address);
}

Listener::Listener(base::Descriptor socket) : socket_(std::move(socket)) {
  const int fd = socket_.get();
  if (option_of(fd, SO_ACCEPTCONN) != 1 || option_of(fd, SO_TYPE) != SOCK_STREAM)
    fail(EINVAL, "what was handed over: it is no stream socket that listens");
  if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) != 0 ||
      fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
    fail(errno, address());
}

Listener::~Listener() {
  struct stat status {};
  const bool ours = !path_.empty() && lstat(path_.c_str(), &status) == 0 &&
                    status.st_dev == device_ && status.st_ino == inode_;
  if (ours) unlink(path_.c_str());
}

void Listener::bind_path() {
  const Name name = Name::of_path(path_);
  remove_stale(path_, name);
  socket_ = make_socket(AF_UNIX);
  if (bind(socket_.get(), name.generic(), name.length) != 0) fail(errno, path_);
  struct stat status {};
  if (chmod(path_.c_str(), 0660) != 0 || lstat(path_.c_str(), &status) != 0) fail(errno, path_);
  device_ = status.st_dev;
  inode_ = status.st_ino;
}

std::string Listener::address() const {
  const Name name = Name::of_socket(socket_.get());
  return (name.family() == AF_UNIX ? std::string(path_prefix) : "") + name.text();
}

Reach Listener::reach() const {
  return Name::of_socket(socket_.get()).loopback() ? Reach::machine : Reach::network;
}

}  // namespace httpd
