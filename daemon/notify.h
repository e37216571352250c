// What the service manager is told, and what it wants to hear (sd_notify(3),
// sd_watchdog_enabled(3)). Without one, on a terminal or in a container, these calls do nothing.
#pragma once

#include "base/clock.h"
#include "daemon/datagram.h"

#include <chrono>
#include <string>

namespace vodeventd {

class Supervisor {
 public:
  // Reads $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID.
  Supervisor();

  void ready();      // said again by turned() until it was taken
  void reloading();  // ready() follows when it is done
  void stopping();

  // What goes on may take so long from now.
  void extend(std::chrono::microseconds time);

  // One line on how things are.  Sent when it is another than before, once a second at most.
  void status(const std::string& line, base::Instant now);

  // A turn of the loop is finished: the only proof of life there is.  Passed on twice in the
  // watchdog's period at most.
  void turned(base::Instant now);

  // How often the loop must come round: several times in the watchdog's period, and often enough
  // for status().
  [[nodiscard]] std::chrono::nanoseconds pace() const;

 private:
  Datagrams socket_;
  std::chrono::microseconds watchdog_{0};  // zero: nobody watches
  base::Instant alive_at_{};               // when the watchdog is told next
  base::Instant status_at_{};              // when the status may be told again
  std::string status_;                     // as it was told
  bool ready_due_ = false;
};

}  // namespace vodeventd
