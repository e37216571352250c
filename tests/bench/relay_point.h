// RelayPoint: between the daemon and vodsim, to count the bytes that pass, and to change the vodsim
// behind it.  One thread, no buffer: what is read is written at once.
#pragma once

#include <poll.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace bench {

class RelayPoint {
 public:
  RelayPoint();
  RelayPoint(const RelayPoint&) = delete;
  RelayPoint& operator=(const RelayPoint&) = delete;
  ~RelayPoint();

  [[nodiscard]] std::string url() const;

  // New connections go there; those that are open end.
  void lead_to(const std::string& url);

  // Works until `done` says so, which is asked every 100 ms; false when the time is over.
  bool work(std::chrono::seconds time, const std::function<bool()>& done);

  // From the daemon to the service, HTTP with its headers.
  [[nodiscard]] std::uint64_t bytes_sent() const { return bytes_sent_; }

 private:
  void accept_one();
  bool pass(std::size_t from);
  void end(std::size_t index);

  int listener_;
  std::uint16_t port_ = 0;
  std::uint16_t target_ = 0;
  std::vector<pollfd> ends_;  // pairs: the daemon's, the service's
  std::uint64_t bytes_sent_ = 0;
};

}  // namespace bench
