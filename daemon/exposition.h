// Where metrics are to be had: in a file for node_exporter's textfile collector, and from an HTTP
// server for who asks.  Neither is there unless it is configured, and a page is built only for one
// of them: at most once a second for those who ask, and at the file's own pace.
#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "daemon/config.h"
#include "httpd/listener.h"
#include "httpd/server.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace vodeventd {

// The standard metrics of a process are left out for the collector: it has its own of these names,
// and would drop both.
enum class Reader { collector, asker };

class Exposition {
 public:
  using Page = std::function<std::string(Reader)>;

  // Listens at once; where it can't that is told, and nothing is served.  Clock and log must
  // outlive it.
  Exposition(const Config& config, base::Clock& clock, base::Log& log);

  // What the loop watches, and who builds pages; until then nothing is answered.
  [[nodiscard]] std::vector<int> descriptors() const;
  void open(Page page) { page_ = std::move(page); }

  [[nodiscard]] bool on() const { return server_ || !textfile_.empty(); }

  // After each wake of the loop, and now and then.
  void turn();
  void tick(base::Instant now);

  // Leaves the last numbers in the file.
  void close();

 private:
  void listen(const std::string& address);
  httpd::Response answer(const httpd::Request& request);
  void write();

  base::Clock& clock_;
  base::Log& log_;
  Page page_;
  std::string textfile_;
  std::chrono::seconds interval_;
  base::Instant write_at_{};
  std::string built_;  // for who asks
  base::Instant built_at_{};
  std::optional<httpd::Listener> listener_;
  std::optional<httpd::Server> server_;
};

}  // namespace vodeventd
