// Datagrams to a socket of the system's: the journal's, the service manager's.  Sending never
// waits. libsystemd's own calls do, as soon as eleven datagrams lie unread, and would stop the loop
// together with a receiver that hangs.
#pragma once

#include <string>
#include <string_view>

namespace vodeventd {

class Datagrams {
 public:
  // `path` of a UNIX socket; '@' begins an abstract name.  The descriptor is taken here and kept,
  // so that a process that has run out of them can still say so.
  explicit Datagrams(std::string path);
  Datagrams(const Datagrams&) = delete;
  Datagrams& operator=(const Datagrams&) = delete;
  ~Datagrams();

  // False when it was not taken: nobody listens, or the receiver's queue is full.
  [[nodiscard]] bool send(std::string_view text) const noexcept;

 private:
  std::string path_;
  int socket_ = -1;
};

}  // namespace vodeventd
