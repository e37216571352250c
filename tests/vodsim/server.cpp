#include "vodsim/server.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <stdexcept>
#include <string_view>

namespace vodsim {
namespace {

MHD_Result collect_header(void* headers, MHD_ValueKind, const char* name, const char* value) {
  static_cast<decltype(Request::headers)*>(headers)->emplace_back(name, value ? value : "");
  return MHD_YES;
}

bool client_is_gone(MHD_Connection* connection) {
  const auto* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  char byte = 0;
  return info && recv(info->connect_fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

// The library does not change what the pointer leads to.
MHD_OptionItem text_option(MHD_OPTION option, const std::string& text) {
  return {option, 0, const_cast<char*>(text.c_str())};
}

// Sat, 21 Nov 2026 07:42:00 GMT
std::string http_date(base::Utc utc) {
  const std::time_t time = std::chrono::floor<std::chrono::seconds>(utc).time_since_epoch().count();
  std::tm fields{};
  gmtime_r(&time, &fields);
  char text[64];
  return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &fields)};
}

timespec to_timespec(base::BootTime::duration wait) {
  const auto left = std::max(wait, wait.zero());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
  return {seconds.count(), (left - seconds).count()};
}

}  // namespace

Server::Server(Api& api, base::Clock& clock, int listener, const Options& options)
    : api_(api),
      clock_(clock),
      options_(options),
      half_trip_(options.round_trip / 2),
      faults_(options.faults) {
  const bool tls = !options_.tls_key.empty();
  unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_SUPPRESS_DATE_NO_CLOCK;
  if (tls) flags |= MHD_USE_TLS;
  std::vector<MHD_OptionItem> items;
  if (tls) {
    items.push_back(text_option(MHD_OPTION_HTTPS_MEM_KEY, options_.tls_key));
    items.push_back(text_option(MHD_OPTION_HTTPS_MEM_CERT, options_.tls_cert));
  }
  items.push_back({MHD_OPTION_END, 0, nullptr});
  daemon_.reset(MHD_start_daemon(flags, 0, nullptr, nullptr, &Server::serve, this,
                                 MHD_OPTION_LISTEN_SOCKET, listener, MHD_OPTION_URI_LOG_CALLBACK,
                                 &Server::begin, this, MHD_OPTION_NOTIFY_COMPLETED, &Server::end,
                                 this, MHD_OPTION_NOTIFY_CONNECTION, &Server::connection_changed,
                                 this, MHD_OPTION_ARRAY, items.data(), MHD_OPTION_END));
  if (daemon_) return;
  close(listener);
  throw std::runtime_error("the HTTP server does not start");
}

// The library does not stop while connections are suspended.
Server::~Server() {
  stopping_ = true;
  for (Exchange& exchange : exchanges_) wake(exchange);
  MHD_run(daemon_.get());
  daemon_.reset();
}

void* Server::begin(void* self, const char* uri, MHD_Connection* connection) noexcept {
  auto* server = static_cast<Server*>(self);
  const auto at = server->exchanges_.emplace(server->exchanges_.end());
  at->server = server;
  at->self = at;
  at->connection = connection;
  const std::string_view text = uri;
  const std::size_t question = std::min(text.find('?'), text.size());
  at->request.path = text.substr(0, question);
  at->request.query = text.substr(std::min(question + 1, text.size()));
  return &*at;
}

void Server::end(void* self, MHD_Connection*, void** exchange,
                 MHD_RequestTerminationCode code) noexcept {
  auto& server = *static_cast<Server*>(self);
  auto* ended = static_cast<Exchange*>(std::exchange(*exchange, nullptr));
  if (!ended) return;
  if (code == MHD_REQUEST_TERMINATED_COMPLETED_OK) server.after_reply(*ended);
  server.unschedule(*ended);
  server.exchanges_.erase(ended->self);
}

void Server::connection_changed(void* self, MHD_Connection* connection, void**,
                                MHD_ConnectionNotificationCode code) noexcept {
  auto& server = *static_cast<Server*>(self);
  if (code == MHD_CONNECTION_NOTIFY_STARTED)
    server.api_.connected();
  else
    server.half_open_.erase(connection);
}

MHD_Result Server::serve(void* self, MHD_Connection* connection, const char*, const char* method,
                         const char*, const char* upload, std::size_t* upload_bytes,
                         void** exchange) noexcept {
  auto& server = *static_cast<Server*>(self);
  if (server.stopping_) return MHD_NO;
  auto& current = *static_cast<Exchange*>(*exchange);
  Request& request = current.request;
  if (current.stage == Stage::done) return server.send(current);
  if (!std::exchange(current.begun, true)) {
    request.method = method;
    MHD_get_connection_values(connection, MHD_HEADER_KIND, &collect_header, &request.headers);
    return MHD_YES;
  }
  if (*upload_bytes > 0) {
    request.too_large |= request.body.size() + *upload_bytes > Api::body_bytes_max;
    if (!request.too_large) request.body.append(upload, *upload_bytes);
    *upload_bytes = 0;
    return MHD_YES;
  }
  return server.complete(current);
}

MHD_Result Server::complete(Exchange& exchange) {
  const base::Instant now = clock_.now();
  exchange.stage = Stage::arriving;
  if (half_trip_ > half_trip_.zero())
    schedule(exchange, now + half_trip_);
  else
    advance(exchange, now);
  if (exchange.stage == Stage::done) return send(exchange);
  pause(exchange);
  return MHD_YES;
}

MHD_Response* Server::whole(const Reply& reply) {
  return MHD_create_response_from_buffer(reply.body.size(), const_cast<char*>(reply.body.data()),
                                         MHD_RESPMEM_PERSISTENT);
}

// MHD_NO ends the connection.  The body stays in the exchange, which lives until it has been sent.
MHD_Result Server::send(Exchange& exchange) {
  auto* reply = std::get_if<Reply>(&exchange.outcome);
  if (!reply) return MHD_NO;
  const base::Owned<MHD_Response, MHD_destroy_response> response(
      exchange.fault ? spoilt(exchange, *reply) : whole(*reply));
  if (!response) return MHD_NO;
  if (exchange.fault) add_fault_headers(*exchange.fault, response.get());
  MHD_add_response_header(response.get(), "Content-Type", reply->content_type.c_str());
  MHD_add_response_header(response.get(), "Date", http_date(clock_.utc()).c_str());
  if (const std::string* trace = exchange.request.header("X-TC-TraceId"))
    MHD_add_response_header(response.get(), "X-TC-TraceId", trace->c_str());
  return MHD_queue_response(exchange.connection, reply->status, response.get());
}

// Its time has come: the next stage.
void Server::advance(Exchange& exchange, base::Instant now) {
  switch (exchange.stage) {
    case Stage::arriving:
      return process(exchange, now);
    case Stage::leaving:
      exchange.stage = Stage::done;
      return wake(exchange);
    case Stage::done:  // dripping
      return wake(exchange);
    case Stage::held:  // resume_held() finds that the hold is over
    case Stage::reading:
      return;
  }
}

void Server::process(Exchange& exchange, base::Instant now) {
  if (suffer(exchange, now)) return;
  Outcome outcome = api_.handle(exchange.request, now, clock_.utc());
  const Hold* hold = std::get_if<Hold>(&outcome);
  if (!hold) return leave(exchange, std::move(outcome), now);
  exchange.stage = Stage::held;
  exchange.held = held_.insert(held_.end(), &exchange);
  schedule(exchange, hold->until);
  exchange.outcome = std::move(outcome);
}

void Server::leave(Exchange& exchange, Outcome outcome, base::Instant now) {
  exchange.outcome = std::move(outcome);
  exchange.stage = Stage::leaving;
  if (half_trip_ > half_trip_.zero())
    schedule(exchange, now + half_trip_);
  else
    advance(exchange, now);
}

void Server::schedule(Exchange& exchange, base::Instant when) {
  exchange.due = schedule_.emplace(when, &exchange);
}

void Server::unschedule(Exchange& exchange) {
  if (const auto due = std::exchange(exchange.due, {})) schedule_.erase(*due);
  if (const auto held = std::exchange(exchange.held, {})) held_.erase(*held);
}

void Server::pause(Exchange& exchange) {
  exchange.suspended = true;
  MHD_suspend_connection(exchange.connection);
}

void Server::wake(Exchange& exchange) {
  if (std::exchange(exchange.suspended, false)) MHD_resume_connection(exchange.connection);
}

void Server::run_due(base::Instant now) {
  while (!schedule_.empty() && schedule_.begin()->first <= now) {
    Exchange& exchange = *schedule_.begin()->second;
    schedule_.erase(schedule_.begin());
    exchange.due.reset();
    advance(exchange, now);
  }
  resume_held(now);
}

void Server::resume_held(base::Instant now) {
  for (auto at = held_.begin(); at != held_.end();) {
    Exchange& exchange = **at++;
    std::optional<Outcome> outcome;
    if (client_is_gone(exchange.connection))
      outcome = HangUp{};
    else if (auto reply = api_.resume(std::get<Hold>(exchange.outcome), now))
      outcome = std::move(*reply);
    if (!outcome) continue;
    unschedule(exchange);
    leave(exchange, std::move(*outcome), now);
  }
}

std::optional<base::Instant> Server::next_due(base::Instant now) {
  std::optional<base::Instant> due;
  if (!schedule_.empty()) due = schedule_.begin()->first;
  if (held_.empty()) return due;
  if (const auto change = api_.next_change(now)) due = std::min(due.value_or(*change), *change);
  return due;
}

// Sleeps until there is something to do; false when it is to stop.
bool Server::wait(int stop_fd, base::Instant until) {
  const base::Instant now = clock_.now();
  if (now >= until) return false;
  base::Instant wake_at = std::min(until, next_due(now).value_or(until));
  MHD_UNSIGNED_LONG_LONG library_ms = 0;
  if (MHD_get_timeout(daemon_.get(), &library_ms) == MHD_YES)
    wake_at = std::min(wake_at, now + std::chrono::milliseconds(library_ms));
  const auto* info = MHD_get_daemon_info(daemon_.get(), MHD_DAEMON_INFO_EPOLL_FD);
  pollfd watched[] = {{info->epoll_fd, POLLIN, 0}, {stop_fd, POLLIN, 0}};
  const timespec timeout = to_timespec(wake_at - now);
  ppoll(watched, std::size(watched), &timeout, nullptr);
  return watched[1].revents == 0;
}

void Server::run(int stop_fd, base::Instant until) {
  while (wait(stop_fd, until)) {
    run_due(clock_.now());
    MHD_run(daemon_.get());
    if (finished()) return;
  }
}

bool Server::finished() const {
  return api_.finished() && std::all_of(exchanges_.begin(), exchanges_.end(),
                                        [](const Exchange& exchange) { return exchange.dead; });
}

}  // namespace vodsim
