// The part of Server that commits the faults.
#include "vodsim/server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <cstring>

namespace vodsim {
namespace {

using Kind = Fault::Kind;

constexpr std::uint64_t missing_bytes = 100;  // of Kind::too_short
constexpr std::size_t block_bytes = 65536;
constexpr auto drip_pause = std::chrono::seconds(1);

int socket_of(MHD_Connection* connection) {
  return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

// Ends the connection with an RST, as closing it with SO_LINGER 0 does; but the library, which owns
// the descriptor, says a proper good-bye before it closes.  What it has written goes out first.
void reset(MHD_Connection* connection) {
  const int on = 1;
  setsockopt(socket_of(connection), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr nowhere{};
  nowhere.sa_family = AF_UNSPEC;
  connect(socket_of(connection), &nowhere, sizeof nowhere);
}

// How much of the body is sent by those that break off.
std::uint64_t sent_bytes(Kind kind, const std::string& body) {
  return kind == Kind::too_short ? body.size() : body.size() / 2;
}

}  // namespace

// True when the Api is not to be asked.
bool Server::suffer(Exchange& exchange, base::Instant now) {
  if (half_open_.contains(exchange.connection)) return exchange.dead = true;
  if (exchange.request.path != "/") return false;
  const std::string* action = exchange.request.header("X-TC-Action");
  exchange.fault = faults_.next(action ? *action : std::string());
  if (!exchange.fault) return false;
  auto reply = stand_in(*exchange.fault);
  const bool silent = exchange.fault->kind == Kind::silent;
  const bool lost = silent || exchange.fault->kind == Kind::reset_before;
  api_.suffered(!lost && !reply);
  if (silent) return exchange.dead = true;
  if (exchange.fault->kind == Kind::reset_before) {
    reset(exchange.connection);
    leave(exchange, HangUp{}, now);
  } else if (reply) {
    leave(exchange, std::move(*reply), now);
  }
  return lost || reply;
}

void Server::after_reply(Exchange& exchange) {
  if (!exchange.fault) return;
  if (exchange.fault->kind == Kind::reset_after) reset(exchange.connection);
  if (exchange.fault->kind == Kind::half_open) half_open_.insert(exchange.connection);
  if (exchange.fault->kind == Kind::close_after) shutdown(socket_of(exchange.connection), SHUT_WR);
}

MHD_Response* Server::spoilt(Exchange& exchange, Reply& reply) {
  const auto fed = [&](std::uint64_t size) {
    return MHD_create_response_from_callback(size, block_bytes, &Server::feed, &exchange, nullptr);
  };
  switch (exchange.fault->kind) {
    case Kind::huge:
      return fed(MHD_SIZE_UNKNOWN);
    case Kind::reset_within:
    case Kind::drip:
    case Kind::stall:
      return fed(reply.body.size());
    case Kind::too_short:
      return fed(reply.body.size() + missing_bytes);
    case Kind::truncated:
      reply.body.resize(reply.body.size() / 2);
      return whole(reply);
    default:
      return whole(reply);
  }
}

void Server::add_fault_headers(const Fault& fault, MHD_Response* response) const {
  if (fault.kind == Kind::bomb) MHD_add_response_header(response, "Content-Encoding", "gzip");
  if (fault.kind != Kind::status) return;
  for (const auto& [name, value] : options_.fault_headers)
    MHD_add_response_header(response, name.c_str(), value.c_str());
}

// The library asks for the body's bytes from `at` on.
ssize_t Server::feed(void* of, std::uint64_t at, char* buffer, std::size_t size) noexcept {
  auto& exchange = *static_cast<Exchange*>(of);
  if (exchange.server->stopping_) return MHD_CONTENT_READER_END_WITH_ERROR;
  const Kind kind = exchange.fault->kind;
  if (kind == Kind::huge) {
    const std::size_t count = std::min<std::size_t>(size, huge_bytes - at);
    std::memset(buffer, ' ', count);
    return count > 0 ? static_cast<ssize_t>(count) : MHD_CONTENT_READER_END_OF_STREAM;
  }
  const std::string& body = std::get<Reply>(exchange.outcome).body;
  if (kind == Kind::drip) return exchange.server->drip(exchange, body.at(at), buffer);
  const std::uint64_t end = sent_bytes(kind, body);
  if (at < end) return static_cast<ssize_t>(body.copy(buffer, std::min(size, end - at), at));
  if (kind == Kind::stall) {
    exchange.dead = true;
    pause(exchange);
    return 0;
  }
  if (kind == Kind::reset_within) reset(exchange.connection);
  return MHD_CONTENT_READER_END_WITH_ERROR;
}

ssize_t Server::drip(Exchange& exchange, char byte, char* buffer) {
  if (std::exchange(exchange.rested, !exchange.rested)) {
    *buffer = byte;
    return 1;
  }
  schedule(exchange, clock_.now() + drip_pause);
  pause(exchange);
  return 0;
}

}  // namespace vodsim
