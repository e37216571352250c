// Name: a socket's address as the sockets API has it, read from text and written as text.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace httpd {

struct Name {
  static constexpr std::size_t path_bytes_max = sizeof(sockaddr_un::sun_path) - 1;

  sockaddr_storage bytes{};
  socklen_t length = 0;

  // 192.0.2.7:80 or [2001:db8::7]:80; empty for anything else.
  static std::optional<Name> of_port(std::string_view text);

  // Of at most path_bytes_max.
  static Name of_path(std::string_view path);

  // Its own; throws std::system_error.
  static Name of_socket(int socket);

  [[nodiscard]] int family() const { return bytes.ss_family; }

  // The cast is the one that the sockets API is made for.
  [[nodiscard]] const sockaddr* generic() const {
    return reinterpret_cast<const sockaddr*>(&bytes);
  }

  // An address and port as of_port() reads them, or a path.
  [[nodiscard]] std::string text() const;

  // Only this machine gets there.
  [[nodiscard]] bool loopback() const;
};

// 192.0.2.7 or 2001:db8::7, one of the older protocol in the newer's form as the older; empty for
// another family.
std::string host_of(const sockaddr* name);

// The same from text, which may have brackets and a port too; empty where it is no address.
std::string host_in(std::string_view text);

// Whether a host, as host_of() gives it, is this machine.
bool loopback_host(const std::string& host);

}  // namespace httpd
