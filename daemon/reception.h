// Where normal callbacks come in: the receiver, its address, and what guards it.  Off unless
// [receiver] says where to listen.
//
// An address that can't be had at the start, since another has it or it is not up yet, is tried
// again: pulling does not wait for it.
#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "daemon/config.h"
#include "httpd/listener.h"
#include "inbox/inbox.h"
#include "receiver/receiver.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace vodeventd {

// What the configuration wants of a receiver that is reached so.  Reads the SignKey.  Throws
// ConfigError: the key can't be read, or strangers could have their own stored.
receiver::Settings receiver_settings(const Config& config, httpd::Reach reach);

class Reception {
 public:
  // Throws ConfigError as above, and when no socket was handed over that should have been.
  Reception(const Config& config, base::Clock& clock, base::Log& log);

  // Listens from now on; where it can't that is told.  The inbox must outlive it.
  void open(inbox::Inbox& inbox);

  // Configured; and open, for those who measure: null while it can't listen.
  [[nodiscard]] bool on() const { return !address_.empty(); }
  [[nodiscard]] const receiver::Receiver* receiver() const {
    return receiver_ ? &*receiver_ : nullptr;
  }

  // What the loop watches.
  [[nodiscard]] std::vector<int> descriptors() const;

  // After each wake of the loop.
  void turn();

  // Now and then: tries again to listen.  Whether descriptors() has more now.
  bool tick(base::Instant now);

  // For a configuration that is read again: as in receiver_settings(), then what takes effect.
  [[nodiscard]] receiver::Settings settings_of(const Config& config) const;
  void use(receiver::Settings settings);

  // Nobody comes in any more; then serves those who are in, for a few seconds at most.
  void stop();
  void finish();

 private:
  void take_over();
  void listen();

  base::Clock& clock_;
  base::Log& log_;
  std::string address_;
  std::optional<httpd::Listener> listener_;
  receiver::Settings settings_;
  inbox::Inbox* inbox_ = nullptr;
  base::Instant listen_at_{};
  base::Instant stop_by_{};
  std::optional<receiver::Receiver> receiver_;
};

}  // namespace vodeventd
