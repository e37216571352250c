// Signals as a descriptor that the loop waits on: no handler code runs anywhere.
#pragma once

#include <optional>

namespace vodeventd {

class Signals {
 public:
  // Blocks SIGTERM, SIGINT and SIGHUP for this process and ignores SIGPIPE and SIGXFSZ.  Throws
  // std::system_error.
  Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals();

  [[nodiscard]] int descriptor() const { return descriptor_; }

  // The next signal that has come, without waiting.
  std::optional<int> next();

 private:
  int descriptor_ = -1;
};

}  // namespace vodeventd
