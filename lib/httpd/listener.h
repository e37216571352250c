// A listening socket: for this machine's clients, on loopback or at a path; for others' too, where
// that is wanted; or one that the service manager keeps, so that it outlives this process.
#pragma once

#include "base/descriptor.h"

#include <sys/types.h>

#include <string>
#include <string_view>

namespace httpd {

// Who may be reached by: this machine's clients, or whoever finds the way.
enum class Reach { machine, network };

// What is wrong with an address to listen on, empty when nothing is.  For the machine
// 127.0.0.1:PORT, [::1]:PORT and unix:/path are taken, for the network each ADDRESS:PORT; a name is
// no address.
std::string objection(std::string_view address, Reach reach = Reach::machine);

// Who may reach an address that has no objection.
Reach reach_of(std::string_view address);

class Listener {
 public:
  // `address` must have no objection.  A path gets mode 0660 and is removed at the end; where a
  // socket lies that is ours and nobody serves any more, it is replaced.  Throws std::system_error.
  explicit Listener(const std::string& address);

  // A socket that listens already.  Throws std::system_error when it does not.
  explicit Listener(base::Descriptor socket);

  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener();

  // Does not wait.
  [[nodiscard]] int descriptor() const { return socket_.get(); }

  // Where clients find it, with the port that was got for port 0.
  [[nodiscard]] std::string address() const;

  // Who may find it there.
  [[nodiscard]] Reach reach() const;

 private:
  void bind_path();

  base::Descriptor socket_;
  std::string path_;  // of the socket file that is ours to remove
  dev_t device_{};
  ino_t inode_{};
};

}  // namespace httpd
