// The receiver: takes what the service sends to an address of ours (normal callback, PUSH mode),
// and says 200 when it is stored.
//
//   head --404 405 4xx--> refused        body --403 400--> refused
//     `-------> body ------> arrival --save--> durable --200--> sender
//                                        `------ 503 Retry-After: the sender sends it again
//
// Promises
//  1. 200 is said only of what has survived an fsync: as an event, as one that was sent again, or
//     in quarantine.
//  2. What is not stored is never answered with 200, nor is what was refused ever stored.
//  3. All that is complete shares one transaction: a sender waits for one sync, not for many.
//  4. What anyone can send is bounded: connections, bytes and time (httpd/server.h), and what is no
//     event and kept nevertheless: sixteen at once, then one a minute, beyond that 400.
//
// A body is one event: that of a normal callback, with or without Sign and T, or one of format 2.0.
// An array, or a reply with several, is none: the service sends them one by one, and an answer can
// say one thing only.  What is no event is kept and answered with 200, for its sender would only
// send the same again.
//
// It catches what SQLite throws, as the relay's driver does, and lets through what must end the
// process.  The inbox is written in the caller's loop: turn() takes as long as a sync.
#pragma once

#include "base/bucket.h"
#include "base/clock.h"
#include "base/histogram.h"
#include "base/log.h"
#include "base/secret.h"
#include "httpd/server.h"
#include "inbox/inbox.h"
#include "receiver/refusal.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace receiver {

struct Settings {
  std::string path = "/";   // of the only place that is there
  base::Secret sign_key{};  // empty: nothing has to be signed
  std::size_t body_bytes_max = std::size_t{8} << 20;
};

// Whether only who is meant to can have something stored: by the key, or by a path that can't be
// guessed.
[[nodiscard]] bool guarded(const Settings& settings);

struct Counters {
  std::uint64_t stored = 0, redelivered = 0, quarantined = 0, failed = 0;
  std::array<std::uint64_t, refusals.size()> refused{};
};

class Receiver {
 public:
  static constexpr std::size_t connections_max = 256;

  // The service gives up after 5 s.
  static constexpr std::chrono::seconds lifetime{10};

  // `listener` as httpd::Server takes it.  Throws std::system_error.
  Receiver(int listener, Settings settings, inbox::Inbox& inbox, base::Clock& clock,
           base::Log& log);

  // To be readable is to have work.
  [[nodiscard]] int descriptor() const { return server_.descriptor(); }

  // Takes, stores and answers what has come: after each wake, and once a second.
  void turn();

  // From now on, for the heads that come.  body_bytes_max stays.
  void use(Settings settings);

  // Nobody comes in any more.  It is idle when all who were in are served.
  void close_door() { server_.close_door(); }
  [[nodiscard]] bool idle() const { return server_.connections() == 0; }

  // The last attempt to store failed.
  [[nodiscard]] bool store_failing() const { return failing_since_.has_value(); }

  [[nodiscard]] const Counters& counters() const { return counters_; }

  // From a complete request to its answer, in seconds.
  [[nodiscard]] const base::Histogram& answer_s() const { return answer_s_; }

 private:
  struct Waiting {
    httpd::Server::Ticket ticket;
    base::Instant since;
  };

  std::optional<httpd::Response> look_at(const httpd::Request& request);
  void take(httpd::Server::Ticket ticket, const httpd::Request& request,
            std::optional<std::string> body);
  [[nodiscard]] bool signed_well(const httpd::Request& request, std::string_view body,
                                 const std::string& origin);
  void hold(httpd::Server::Ticket ticket, std::string_view body, const std::string& origin);
  void store();
  void stored(const inbox::SaveResult& result, base::Instant began);
  void could_not_store(const std::system_error& error);
  void turn_away();
  httpd::Response refuse_long(const httpd::Request& request);
  httpd::Response refuse(Refusal refusal, int status, std::string_view reason,
                         const std::string& origin);

  Settings settings_;
  inbox::Inbox& inbox_;
  base::Clock& clock_;
  base::Log& log_;
  base::Bucket odd_ones_;  // that may be kept
  std::vector<Waiting> waiting_;
  std::vector<inbox::Arrival> arrivals_;  // of those, in the same order
  std::optional<base::Instant> failing_since_;
  std::uint64_t failed_before_ = 0;
  base::Instant store_again_at_;
  Counters counters_;
  base::Histogram answer_s_{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5};
  httpd::Server server_;
};

}  // namespace receiver
