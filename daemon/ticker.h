// A clock tick as a descriptor that the loop waits on, for what has to be done now and then though
// nothing happens.
#pragma once

#include <chrono>

namespace vodeventd {

class Ticker {
 public:
  // Throws std::system_error.
  explicit Ticker(std::chrono::nanoseconds pace);
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;
  ~Ticker();

  [[nodiscard]] int descriptor() const { return descriptor_; }

  // Whether it has ticked since the last call, without waiting.
  bool ticked();

 private:
  int descriptor_;
};

}  // namespace vodeventd
