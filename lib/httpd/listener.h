// A listening socket for local clients: on loopback, or a path.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

namespace httpd {

// What is wrong with an address to listen on, empty when nothing is: 127.0.0.1:PORT, [::1]:PORT and
// unix:/path are taken, nothing else.
std::string objection(std::string_view address);

class Listener {
 public:
  // `address` must have no objection.  A path gets mode 0660 and is removed at the end; where a
  // socket lies that is ours and nobody serves any more, it is replaced.  Throws std::system_error.
  explicit Listener(const std::string& address);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener();

  // Does not wait.
  [[nodiscard]] int descriptor() const { return socket_.fd; }

  // Where clients find it, with the port that was got for port 0.
  [[nodiscard]] std::string address() const;

 private:
  struct Socket {
    int fd;
    explicit Socket(int family);
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    ~Socket();
  };

  void bind_path();
  void bind_port(std::string_view address);

  Socket socket_;
  std::string path_;  // of the socket file that is ours to remove
  dev_t device_{};
  ino_t inode_{};
};

}  // namespace httpd
