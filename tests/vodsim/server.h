// Server: HTTP for the Api, one loop, no thread.  Owns the connections; what waits, waits
// suspended:
//
//   reading --request complete--> arriving --Api--> leaving --> done --> sent
//                                 rtt / 2     |      rtt / 2
//                                             `-> held until an event comes or the hold is over
//
// A held pull whose client has gone away takes no events.
#pragma once

#include "base/clock.h"
#include "base/owned.h"
#include "vodsim/api.h"
#include "vodsim/request.h"

#include <microhttpd.h>

#include <cstddef>
#include <list>
#include <map>
#include <optional>

namespace vodsim {

class Server {
 public:
  // Takes over the listening socket.  Throws std::runtime_error when the server cannot start.
  Server(Api& api, base::Clock& clock, int listener, Options::Duration round_trip);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  // Serves until `stop_fd` is readable, `until` has come or the Api is finished.
  void run(int stop_fd, base::Instant until);

 private:
  enum class Stage { reading, arriving, held, leaving, done };
  struct Exchange;
  using Schedule = std::multimap<base::Instant, Exchange*>;

  struct Exchange {
    MHD_Connection* connection = nullptr;
    std::list<Exchange>::iterator self;
    Stage stage = Stage::reading;
    bool begun = false;
    bool suspended = false;
    Request request;
    Outcome outcome;
    std::optional<Schedule::iterator> due;
    std::optional<std::list<Exchange*>::iterator> held;
  };

  // The library's callbacks; `self` is the Server, `exchange` the Exchange of the request.
  static void* begin(void* self, const char* uri, MHD_Connection* connection) noexcept;
  static MHD_Result serve(void* self, MHD_Connection*, const char* url, const char* method,
                          const char* version, const char* upload, std::size_t* upload_bytes,
                          void** exchange) noexcept;
  static void end(void* self, MHD_Connection*, void** exchange,
                  MHD_RequestTerminationCode) noexcept;
  static void connection_changed(void* self, MHD_Connection*, void**,
                                 MHD_ConnectionNotificationCode) noexcept;

  MHD_Result complete(Exchange& exchange);
  static MHD_Result send(Exchange& exchange);
  void advance(Exchange& exchange, base::Instant now);
  void process(Exchange& exchange, base::Instant now);
  void leave(Exchange& exchange, Outcome outcome, base::Instant now);
  void schedule(Exchange& exchange, base::Instant when);
  void unschedule(Exchange& exchange);
  static void wake(Exchange& exchange);

  void run_due(base::Instant now);
  void resume_held(base::Instant now);
  std::optional<base::Instant> next_due(base::Instant now);
  bool wait(int stop_fd, base::Instant until);

  Api& api_;
  base::Clock& clock_;
  Options::Duration half_trip_;
  bool stopping_ = false;
  std::list<Exchange> exchanges_;
  Schedule schedule_;
  std::list<Exchange*> held_;  // the longest first
  base::Owned<MHD_Daemon, MHD_stop_daemon> daemon_;
};

}  // namespace vodsim
