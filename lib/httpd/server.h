// Server: HTTP/1.1 in the caller's loop.  It has no thread and never waits: the loop waits for
// descriptor() to be readable, calls run() then, and every few seconds.
//
//                          .---------------- response ------------------.
//   accepted --head--> handler --none--> body --complete--> taker --answer()--> closed
//       `---- silent, slow, broken, or one too many: cut ----^
//
// Promises
//  1. A connection serves one request and lives for `lifetime` at most, whatever its client does.
//  2. At most connections_max are kept; one more cuts the oldest that still sends, so that clients
//     that hold theirs keep nobody out.
//  3. A head has head_bytes_max (beyond that 414 or 431), a body body_bytes_max: a longer one is
//     not kept, and cut when it goes on.  All bodies under way have bodies_bytes_max; one byte more
//     cuts the oldest of them.
//  4. A request that is complete is taken once, also when its client is gone by then: whoever does
//     not care for answers may not wait for one.
//  5. What is no HTTP is refused with 400 and never heard of.
//
// Handler and taker are called from run(); what they throw comes out of it.
#pragma once

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/owned.h"
#include "httpd/request.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <string_view>

struct MHD_Connection;
struct MHD_Daemon;

namespace httpd {

// What a server takes on.
struct Limits {
  std::size_t connections_max = 64;
  std::size_t head_bytes_max = std::size_t{8} << 10;
  std::size_t body_bytes_max = 0;    // of one request
  std::size_t bodies_bytes_max = 0;  // of all that are not complete
  std::chrono::seconds lifetime{10};
};

class Server {
 public:
  // One request that was taken.
  using Ticket = std::uint64_t;

  // Called when a head is complete.  A response ends the request, and its body is not read; without
  // one the body is read, and goes to the taker.
  using Handler = std::function<std::optional<Response>(const Request&)>;

  // Called when a body is complete too; it is empty when it was too long.  The answer is due before
  // the next run(): until then the descriptor is readable.
  using Taker = std::function<void(Ticket, const Request&, std::optional<std::string> body)>;

  // `listener`: a socket that listens and does not wait; it stays the caller's.  Without a taker
  // the handler answers everything.  Throws std::system_error.
  Server(int listener, base::Clock& clock, Handler handler, const Limits& limits = {},
         Taker taker = {});
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  [[nodiscard]] int descriptor() const { return descriptor_.get(); }

  // Takes what has come, sends answers, and cuts connections whose time is over.
  void run();

  // Sent by the next run().  Does nothing when the client is gone.
  void answer(Ticket ticket, Response response);

  // Accepts nobody any more; whoever is connected is served.
  void close_door();

  [[nodiscard]] std::size_t connections() const { return connections_.size(); }

 private:
  struct Connection {
    int socket;
    base::Instant since;
    bool cut = false;
    Ticket ticket = 0;           // zero: not taken yet
    std::uint64_t received = 0;  // bytes of the body so far
    std::string body{};
    std::optional<Response> response{};
  };

  static void stop(MHD_Daemon* daemon) noexcept;
  void watch(int descriptor) const;
  void wake(bool now);
  Connection* opened(int socket);
  void closed(Connection* connection);
  static void cut(Connection& connection);
  bool take_head(const Request& request);
  bool take_body(Connection& connection, std::string_view part);
  bool take_end(Connection& connection, const Request& request);
  void forget_body(Connection& connection);
  void keep_bodies_bounded();
  struct Callbacks;

  base::Clock& clock_;
  Limits limits_;
  Handler handler_;
  Taker taker_;
  std::list<Connection> connections_;  // oldest first
  std::size_t bodies_bytes_ = 0;       // that they hold
  Ticket last_ticket_ = 0;
  std::exception_ptr thrown_;  // by the handler or the taker, on its way through the library
  base::Owned<MHD_Daemon, stop> daemon_;
  base::Descriptor bell_;  // readable while run() is due though no socket says so
  bool rung_ = false;
  base::Descriptor descriptor_;
};

}  // namespace httpd
