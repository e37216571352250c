#include "httpd/server.h"

#include <fcntl.h>
#include <microhttpd.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <system_error>
#include <utility>

namespace httpd {
namespace {

// What the library has at hand without waiting is worked off in so many rounds, the rest with the
// next call: whoever sends without end does not hold the loop.
constexpr int rounds_max = 16;

// Beyond our own limit, so that the library goes on accepting while the oldest are cut.
constexpr std::size_t connections_beyond = 32;

[[noreturn]] void fail(int error) {
  throw std::system_error(error, std::generic_category(), "start the HTTP server");
}

// The library copies what it is given here; the parameter is not const for other modes.
bool queue(MHD_Connection* connection, const Response& response) {
  const base::Owned<MHD_Response, MHD_destroy_response> reply(MHD_create_response_from_buffer(
      response.body.size(), const_cast<char*>(response.body.data()), MHD_RESPMEM_MUST_COPY));
  if (!reply) return false;
  const auto header = [&](const char* name, const std::string& value) {
    return value.empty() || MHD_add_response_header(reply.get(), name, value.c_str()) == MHD_YES;
  };
  const auto wait = response.retry_after.count();
  return header("Content-Type", response.content_type) && header("Allow", response.allow) &&
         header("Retry-After", wait > 0 ? std::to_string(wait) : "") &&
         header("Connection", "close") &&
         MHD_queue_response(connection, static_cast<unsigned>(response.status), reply.get()) ==
             MHD_YES;
}

}  // namespace

// What the library calls; nothing may be thrown through it.
struct Server::Callbacks {
  static void change(void* self, MHD_Connection* connection, void** context,
                     MHD_ConnectionNotificationCode code) noexcept {
    auto& server = *static_cast<Server*>(self);
    if (code == MHD_CONNECTION_NOTIFY_CLOSED)
      return server.closed(static_cast<Connection*>(*context));
    const auto* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    *context = server.opened(info->connect_fd);
  }

  // Called with the head of a request, which is new then; with each part of its body; and with its
  // end, again and again until there is a response.
  static MHD_Result serve(void* self, MHD_Connection* connection, const char* path,
                          const char* method, const char*, const char* part, std::size_t* bytes,
                          void** known) noexcept {
    auto& server = *static_cast<Server*>(self);
    const Request request{.method = method, .path = path, .connection = connection};
    try {
      if (!*known) {
        const auto* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
        *known = info->socket_context;
        return server.take_head(request) ? MHD_YES : MHD_NO;
      }
      Connection& its = *static_cast<Connection*>(*known);
      const bool good = *bytes > 0 ? server.take_body(its, {part, std::exchange(*bytes, 0)})
                                   : server.take_end(its, request);
      return good ? MHD_YES : MHD_NO;
    } catch (...) {
      server.thrown_ = std::current_exception();
      return MHD_NO;
    }
  }
};

void Server::stop(MHD_Daemon* daemon) noexcept { MHD_stop_daemon(daemon); }

Server::Server(int listener, base::Clock& clock, Handler handler, const Limits& limits, Taker taker)
    : clock_(clock), limits_(limits), handler_(std::move(handler)), taker_(std::move(taker)) {
  base::Descriptor own(fcntl(listener, F_DUPFD_CLOEXEC, 0));  // the library closes what it is given
  if (own.get() < 0) fail(errno);
  daemon_.reset(MHD_start_daemon(
      MHD_USE_EPOLL | MHD_USE_SUPPRESS_DATE_NO_CLOCK, 0, nullptr, nullptr, &Callbacks::serve, this,
      MHD_OPTION_LISTEN_SOCKET, own.get(), MHD_OPTION_CONNECTION_LIMIT,
      static_cast<unsigned>(limits_.connections_max + connections_beyond),
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, limits_.head_bytes_max, MHD_OPTION_NOTIFY_CONNECTION,
      &Callbacks::change, this, MHD_OPTION_END));
  if (!daemon_) fail(errno);
  own.release();
  const auto* info = MHD_get_daemon_info(daemon_.get(), MHD_DAEMON_INFO_EPOLL_FD);
  bell_ = base::Descriptor(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  descriptor_ = base::Descriptor(epoll_create1(EPOLL_CLOEXEC));
  if (!info || bell_.get() < 0 || descriptor_.get() < 0) fail(errno);
  watch(info->epoll_fd);
  watch(bell_.get());
}

Server::~Server() = default;

void Server::watch(int descriptor) const {
  epoll_event event{.events = EPOLLIN, .data = {}};
  if (epoll_ctl(descriptor_.get(), EPOLL_CTL_ADD, descriptor, &event) != 0) fail(errno);
}

// The library's own descriptor tells what comes anew, not what it has left lying.
void Server::wake(bool now) {
  if (std::exchange(rung_, now) == now) return;
  eventfd_t rings = 0;
  now ? eventfd_write(bell_.get(), 1) : eventfd_read(bell_.get(), &rings);
}

void Server::run() {
  const base::Instant now = clock_.now();
  for (Connection& connection : connections_) {
    if (connection.since + limits_.lifetime > now) break;
    cut(connection);
  }
  bool more = true;
  MHD_UNSIGNED_LONG_LONG wait = 0;
  for (int round = 0; more && round < rounds_max; ++round) {
    MHD_run(daemon_.get());
    more = MHD_get_timeout(daemon_.get(), &wait) == MHD_YES && wait == 0;
  }
  wake(more);
  if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
}

void Server::answer(Ticket ticket, Response response) {
  const auto its = std::ranges::find(connections_, ticket, &Connection::ticket);
  if (its != connections_.end()) its->response = std::move(response);
}

void Server::close_door() { const base::Descriptor listener(MHD_quiesce_daemon(daemon_.get())); }

// ---- connections ----------------------------------------------------------------------------

Server::Connection* Server::opened(int socket) {
  if (connections_.size() >= limits_.connections_max) {
    const auto oldest = std::ranges::find_if(
        connections_, [](const Connection& each) { return !each.cut && each.ticket == 0; });
    if (oldest != connections_.end()) cut(*oldest);
  }
  return &connections_.emplace_back(Connection{.socket = socket, .since = clock_.now()});
}

void Server::closed(Connection* connection) {
  forget_body(*connection);
  connections_.remove_if([&](const Connection& each) { return &each == connection; });
}

// The library finds the end of the stream then and closes it.
void Server::cut(Connection& connection) {
  if (!std::exchange(connection.cut, true)) shutdown(connection.socket, SHUT_RDWR);
}

// ---- requests: false ends the connection ----------------------------------------------------

bool Server::take_head(const Request& request) {
  const std::optional<Response> response = handler_(request);
  assert(response || taker_);
  return !response || queue(request.connection, *response);
}

bool Server::take_body(Connection& connection, std::string_view part) {
  if (connection.cut) return false;
  connection.received += part.size();
  if (connection.received > limits_.body_bytes_max) {
    forget_body(connection);
    return connection.received <= 2 * limits_.body_bytes_max;
  }
  connection.body += part;
  bodies_bytes_ += part.size();
  keep_bodies_bounded();
  return true;
}

bool Server::take_end(Connection& connection, const Request& request) {
  if (connection.cut) return false;
  if (connection.ticket == 0) {
    connection.ticket = ++last_ticket_;
    std::optional<std::string> body;
    bodies_bytes_ -= connection.body.size();
    if (connection.received <= limits_.body_bytes_max)
      body = std::exchange(connection.body, std::string());
    taker_(connection.ticket, request, std::move(body));
  }
  return !connection.response || queue(request.connection, *connection.response);
}

void Server::forget_body(Connection& connection) {
  bodies_bytes_ -= connection.body.size();
  connection.body = std::string();
}

void Server::keep_bodies_bounded() {
  while (bodies_bytes_ > limits_.bodies_bytes_max) {
    const auto oldest = std::ranges::find_if(
        connections_, [](const Connection& each) { return !each.body.empty(); });
    assert(oldest != connections_.end());
    forget_body(*oldest);
    cut(*oldest);
  }
}

}  // namespace httpd
