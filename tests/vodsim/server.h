// Server: HTTP for the Api, one loop, no thread.  Owns the connections; what waits, waits
// suspended:
//
//   reading --request complete--> arriving --Api--> leaving --> done --> sent
//                                 rtt / 2     |      rtt / 2
//                                             `-> held until an event comes or the hold is over
//
// A held pull whose client has gone away takes no events.  What --fault asks for is committed here
// (fault_server.cpp), on the way to the Api or on the way back from it.
#pragma once

#include "base/clock.h"
#include "base/owned.h"
#include "vodsim/api.h"
#include "vodsim/fault.h"
#include "vodsim/options.h"
#include "vodsim/request.h"

#include <microhttpd.h>

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace vodsim {

class Server {
 public:
  // Takes over the listening socket; the options must outlive the server.  Throws
  // std::runtime_error when the server cannot start.
  Server(Api& api, base::Clock& clock, int listener, const Options& options);
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
    Server* server = nullptr;
    MHD_Connection* connection = nullptr;
    std::list<Exchange>::iterator self;
    Stage stage = Stage::reading;
    bool begun = false;
    bool suspended = false;
    bool dead = false;   // nothing more will come of it
    bool rested = true;  // dripping: the pause before the next byte is over
    Request request;
    std::optional<Fault> fault;
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
  MHD_Result send(Exchange& exchange);
  void advance(Exchange& exchange, base::Instant now);
  void process(Exchange& exchange, base::Instant now);
  void leave(Exchange& exchange, Outcome outcome, base::Instant now);
  void schedule(Exchange& exchange, base::Instant when);
  void unschedule(Exchange& exchange);
  static void pause(Exchange& exchange);
  static void wake(Exchange& exchange);

  // The faults.
  bool suffer(Exchange& exchange, base::Instant now);
  void after_reply(Exchange& exchange);
  static MHD_Response* whole(const Reply& reply);
  static MHD_Response* spoilt(Exchange& exchange, Reply& reply);
  void add_fault_headers(const Fault& fault, MHD_Response* response) const;
  static ssize_t feed(void* exchange, std::uint64_t at, char* buffer, std::size_t size) noexcept;
  ssize_t drip(Exchange& exchange, char byte, char* buffer);

  void run_due(base::Instant now);
  void resume_held(base::Instant now);
  std::optional<base::Instant> next_due(base::Instant now);
  bool wait(int stop_fd, base::Instant until);
  [[nodiscard]] bool finished() const;

  Api& api_;
  base::Clock& clock_;
  const Options& options_;
  Options::Duration half_trip_;
  Faults faults_;
  std::set<MHD_Connection*> half_open_;  // nothing is answered on these
  bool stopping_ = false;
  std::list<Exchange> exchanges_;
  Schedule schedule_;
  std::list<Exchange*> held_;  // the longest first
  base::Owned<MHD_Daemon, MHD_stop_daemon> daemon_;
};

}  // namespace vodsim
