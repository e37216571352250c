// Wire: servers that say given bytes, without a network.  While it lives, each socket that this
// program connects, libcurl's too, becomes one end of a socket pair whose other end already holds
// the next reply and has nothing more to say.  All of libcurl and of lib/http is the real one.
#pragma once

#include <string>
#include <vector>

namespace fuzz {

class Wire {
 public:
  explicit Wire(std::vector<std::string> replies);
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  ~Wire();

  // Puts the next connection in the place of this socket; false when there are no replies left.
  bool connect(int client);

  // What the client has sent on each connection so far.
  [[nodiscard]] std::vector<std::string> received() const;

 private:
  std::vector<std::string> replies_;
  std::vector<int> servers_;
};

}  // namespace fuzz
