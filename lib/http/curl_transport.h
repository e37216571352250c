// Transport over libcurl's multi interface: HTTP/1.1 with connections kept alive, any number of
// requests in flight, one thread.  It owns its curl handles; the clock and the watched descriptors
// belong to the caller and must outlive it.  Certificates and host names are always verified,
// redirects and proxies from the environment never followed.
//
// Throws std::system_error when libcurl itself refuses (out of memory, built without TLS), never
// for what the network does.  Its socket writes do not raise SIGPIPE.
#pragma once

#include "base/clock.h"
#include "http/transport.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace http {

class Exchange;
class Multi;
class Trust;

class CurlTransport final : public Transport {
 public:
  struct Settings {
    std::string ca_file{};                               // PEM; empty: the system's bundle
    std::size_t body_bytes_max = std::size_t{64} << 20;  // of a reply, decoded
    std::chrono::milliseconds connect_timeout{5'000};    // name look-up and TLS handshake included
    std::string user_agent{};                            // empty: no such header
  };

  // `watched_fds`: poll() returns when one of them is readable or broken; it does not read.
  CurlTransport(base::Clock& clock, Settings settings, std::vector<int> watched_fds);
  CurlTransport(const CurlTransport&) = delete;
  CurlTransport& operator=(const CurlTransport&) = delete;
  ~CurlTransport() override;

  Transfer start(Request request) override;
  std::vector<Completion> poll(base::Instant until) override;
  void cancel(Transfer transfer) override;

  // For the requests that start from now on.  Connections that were made by another ca_file serve
  // no new ones; the same file is read again whenever it changes, without being told.
  void reload(Settings settings);

  // Other descriptors to watch from now on.
  void watch(std::vector<int> watched_fds) { watched_fds_ = std::move(watched_fds); }

  // Connections opened so far, by requests that are over: what keep-alive did not save.
  [[nodiscard]] std::uint64_t handshakes() const noexcept { return handshakes_; }

 private:
  using InFlight = std::map<Transfer, std::unique_ptr<Exchange>>;

  std::unique_ptr<Exchange> idle_exchange();
  void perform();
  bool wait(base::Instant until);
  [[nodiscard]] bool watched_ready() const;
  void retire(InFlight::iterator exchange);

  base::Clock& clock_;
  Settings settings_;
  std::unique_ptr<Trust> trust_;
  std::vector<int> watched_fds_;
  Transfer last_ = 0;
  std::uint64_t handshakes_ = 0;
  std::vector<Completion> completed_;
  std::unique_ptr<Multi> multi_;                 // outlives the exchanges that are attached to it
  std::vector<std::unique_ptr<Exchange>> idle_;  // to be used again
  InFlight in_flight_;
};

}  // namespace http
