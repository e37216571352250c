#include "httpd/server.h"

#include <fcntl.h>
#include <microhttpd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace httpd {
namespace {

// What the library has at hand without waiting is worked off in so many rounds, the rest with the
// next call: whoever sends without end does not hold the loop.
constexpr int rounds_max = 16;

// Beyond our own limit, so that the library goes on accepting while the oldest are cut.
constexpr unsigned library_connections_max = Server::connections_max + 32;

}  // namespace

// What the library calls; nothing may be thrown through it.
struct Server::Callbacks {
  static void change(void* self, MHD_Connection* connection, void** context,
                     MHD_ConnectionNotificationCode code) noexcept {
    auto& server = *static_cast<Server*>(self);
    if (code == MHD_CONNECTION_NOTIFY_CLOSED)
      return server.closed(static_cast<const Connection*>(*context));
    const auto* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    *context = server.opened(info->connect_fd);
  }

  // Called when the head of a request is complete.  Answered at once, a body is never read.
  static MHD_Result serve(void* self, MHD_Connection* connection, const char* path,
                          const char* method, const char*, const char*, std::size_t*,
                          void**) noexcept {
    auto& server = *static_cast<Server*>(self);
    try {
      const Request request{.method = method, .path = path};
      return server.answer(connection, request) ? MHD_YES : MHD_NO;
    } catch (...) {
      server.thrown_ = std::current_exception();
      return MHD_NO;
    }
  }
};

void Server::stop(MHD_Daemon* daemon) noexcept { MHD_stop_daemon(daemon); }

Server::Server(int listener, base::Clock& clock, Handler handler)
    : clock_(clock), handler_(std::move(handler)) {
  const int own = fcntl(listener, F_DUPFD_CLOEXEC, 0);  // the library closes what it is given
  if (own < 0) throw std::system_error(errno, std::generic_category(), "start the HTTP server");
  daemon_.reset(MHD_start_daemon(
      MHD_USE_EPOLL | MHD_USE_SUPPRESS_DATE_NO_CLOCK, 0, nullptr, nullptr, &Callbacks::serve, this,
      MHD_OPTION_LISTEN_SOCKET, own, MHD_OPTION_CONNECTION_LIMIT, library_connections_max,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, head_bytes_max, MHD_OPTION_NOTIFY_CONNECTION,
      &Callbacks::change, this, MHD_OPTION_END));
  const int error = errno;
  const auto* info =
      daemon_ ? MHD_get_daemon_info(daemon_.get(), MHD_DAEMON_INFO_EPOLL_FD) : nullptr;
  if (!daemon_) close(own);
  if (!info) throw std::system_error(error, std::generic_category(), "start the HTTP server");
  descriptor_ = info->epoll_fd;
}

Server::~Server() = default;

void Server::run() {
  const base::Instant now = clock_.now();
  for (Connection& connection : connections_) {
    if (connection.since + lifetime > now) break;
    cut(connection);
  }
  MHD_UNSIGNED_LONG_LONG wait = 0;
  for (int round = 0; round < rounds_max; ++round) {
    MHD_run(daemon_.get());
    if (MHD_get_timeout(daemon_.get(), &wait) != MHD_YES || wait > 0) break;
  }
  if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
}

Server::Connection* Server::opened(int socket) {
  if (connections_.size() >= connections_max) {
    const auto oldest = std::ranges::find(connections_, false, &Connection::cut);
    if (oldest != connections_.end()) cut(*oldest);
  }
  return &connections_.emplace_back(Connection{socket, clock_.now(), false});
}

void Server::closed(const Connection* connection) {
  connections_.remove_if([&](const Connection& each) { return &each == connection; });
}

// The library finds the end of the stream then and closes it.
void Server::cut(Connection& connection) {
  if (!std::exchange(connection.cut, true)) shutdown(connection.socket, SHUT_RDWR);
}

bool Server::answer(MHD_Connection* connection, const Request& request) const {
  const Response response = handler_(request);
  // The library copies what it is given here; the parameter is not const for other modes.
  const base::Owned<MHD_Response, MHD_destroy_response> reply(MHD_create_response_from_buffer(
      response.body.size(), const_cast<char*>(response.body.data()), MHD_RESPMEM_MUST_COPY));
  if (!reply) return false;
  const auto header = [&](const char* name, const std::string& value) {
    return value.empty() || MHD_add_response_header(reply.get(), name, value.c_str()) == MHD_YES;
  };
  return header("Content-Type", response.content_type) && header("Allow", response.allow) &&
         header("Connection", "close") &&
         MHD_queue_response(connection, static_cast<unsigned>(response.status), reply.get()) ==
             MHD_YES;
}

}  // namespace httpd
