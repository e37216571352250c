// Server: HTTP/1.1 for local clients, in the caller's loop.  It has no thread and never waits: the
// loop waits for descriptor() to be readable, calls run() then, and every few seconds.
//
//   accepted --request complete--> handler --> response --> closed
//       `--- silent, slow, or one too many: cut ---^
//
// Promises: a connection serves one request and lives for `lifetime` at most, whatever its client
// does.  At most `connections_max` are kept; one more cuts the oldest, so that clients that hold
// theirs keep nobody out.  A request's head has `head_bytes_max`; a body is not read.
//
// The handler is called from run() and gives the response at once; what it throws comes out of
// run().
#pragma once

#include "base/clock.h"
#include "base/owned.h"

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <list>
#include <string>
#include <string_view>

struct MHD_Connection;
struct MHD_Daemon;

namespace httpd {

struct Request {
  std::string_view method;
  std::string_view path;  // without the query
};

struct Response {
  int status = 200;
  std::string body{};
  std::string content_type = "text/plain; charset=utf-8";
  std::string allow{};  // of a 405: the methods that are taken
};

class Server {
 public:
  using Handler = std::function<Response(const Request&)>;

  static constexpr std::size_t connections_max = 64;
  static constexpr std::size_t head_bytes_max = 8 << 10;
  static constexpr std::chrono::seconds lifetime{10};

  // `listener`: a socket that listens and does not wait; it stays the caller's.  Throws
  // std::system_error.
  Server(int listener, base::Clock& clock, Handler handler);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  [[nodiscard]] int descriptor() const { return descriptor_; }

  // Takes what has come, answers, and cuts connections whose time is over.
  void run();

  [[nodiscard]] std::size_t connections() const { return connections_.size(); }

 private:
  struct Connection {
    int socket;
    base::Instant since;
    bool cut;
  };

  static void stop(MHD_Daemon* daemon) noexcept;
  Connection* opened(int socket);
  void closed(const Connection* connection);
  static void cut(Connection& connection);
  bool answer(MHD_Connection* connection, const Request& request) const;
  struct Callbacks;

  base::Clock& clock_;
  Handler handler_;
  std::list<Connection> connections_;  // oldest first
  std::exception_ptr thrown_;          // by the handler, on its way through the library
  base::Owned<MHD_Daemon, stop> daemon_;
  int descriptor_ = -1;
};

}  // namespace httpd
