#include "receiver/receiver.h"

#include "crypto/digest.h"
#include "json/write.h"
#include "receiver/body.h"
#include "receiver/messages.h"
#include "receiver/origin.h"
#include "receiver/sign.h"
#include "receiver/tell.h"

#include <algorithm>
#include <new>
#include <system_error>
#include <utility>

namespace receiver {
namespace {

using namespace std::chrono_literals;

// What may stand in heads: paths, and what proxies add.
constexpr std::size_t head_bytes_max = std::size_t{16} << 10;

// Many may send a small body at once, and some a large one.
constexpr std::size_t bodies_bytes_max = std::size_t{64} << 20;

// What is no event is kept: so many at once, then so many a second.
constexpr double odd_burst = 16;
constexpr double odd_per_s = 1.0 / 60;

// A disk that is full, or locked, is not asked more often; who sends again may come after that.
constexpr auto store_pause = 1s;

// With as many characters behind its slash a path is a secret, where they are random.
constexpr std::size_t secret_characters = 16;

httpd::Limits limits_of(const Settings& settings) {
  return {.connections_max = Receiver::connections_max,
          .head_bytes_max = head_bytes_max,
          .body_bytes_max = settings.body_bytes_max,
          .bodies_bytes_max = std::max(bodies_bytes_max, 4 * settings.body_bytes_max),
          .lifetime = Receiver::lifetime};
}

httpd::Response say(int status, std::string_view name, std::string_view value) {
  return {.status = status,
          .body = '{' + json::quote(name) + ':' + json::quote(value) + "}\n",
          .content_type = "application/json"};
}

std::string_view reason_of(int status) {
  switch (status) {
    case 400:
      return "a length and chunks at once";
    case 411:
      return "no Content-Length";
    case 413:
      return "the body is too long";
    case 415:
      return "a Content-Encoding";
    default:
      return "a Transfer-Encoding that is not chunked";
  }
}

httpd::Response unavailable() {
  httpd::Response response = say(503, "error", "can't be stored now");
  response.retry_after = store_pause;
  return response;
}

double seconds(base::BootTime::duration time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

bool guarded(const Settings& settings) {
  return !settings.sign_key.empty() || settings.path.size() > secret_characters;
}

Receiver::Receiver(int listener, Settings settings, inbox::Inbox& inbox, base::Clock& clock,
                   base::Log& log)
    : settings_(std::move(settings)),
      inbox_(inbox),
      clock_(clock),
      log_(log),
      odd_ones_(odd_per_s, odd_burst, clock.now()),
      store_again_at_(clock.now()),
      server_(
          listener, clock, [this](const httpd::Request& request) { return look_at(request); },
          limits_of(settings_),
          [this](httpd::Server::Ticket ticket, const httpd::Request& request,
                 std::optional<std::string> body) { take(ticket, request, std::move(body)); }) {}

// Answers leave at once, not with the next wake.
void Receiver::turn() {
  server_.run();
  if (waiting_.empty()) return;
  store();
  server_.run();
}

void Receiver::use(Settings settings) {
  settings.body_bytes_max = settings_.body_bytes_max;
  settings_ = std::move(settings);
}

// ---- requests -------------------------------------------------------------------------------

// Who does not know the path learns nothing else.
std::optional<httpd::Response> Receiver::look_at(const httpd::Request& request) {
  if (!crypto::equal(request.path, settings_.path))
    return refuse(Refusal::path, 404, "another path", origin_of(request));
  if (request.method != "POST") {
    httpd::Response response = refuse(Refusal::method, 405, "not a POST", origin_of(request));
    response.allow = "POST";
    return response;
  }
  const int status = httpd::objection_to_body(request, settings_.body_bytes_max);
  if (status == 0) return std::nullopt;
  if (status == 413) return refuse_long(request);
  return refuse(Refusal::framing, status, reason_of(status), origin_of(request));
}

void Receiver::take(httpd::Server::Ticket ticket, const httpd::Request& request,
                    std::optional<std::string> body) {
  const std::string origin = origin_of(request);
  if (!body) return server_.answer(ticket, refuse_long(request));
  if (body->empty())
    return server_.answer(ticket, refuse(Refusal::framing, 400, "an empty body", origin));
  if (!signed_well(request, *body, origin))
    return server_.answer(ticket, say(403, "error", "not signed as it should be"));
  hold(ticket, *body, origin);
}

// One good mark is enough, wherever it stands.
bool Receiver::signed_well(const httpd::Request& request, std::string_view body,
                           const std::string& origin) {
  if (settings_.sign_key.empty()) return true;
  const base::Utc now = clock_.utc();
  const Mark in_query{request.argument("Sign"), request.argument("T")};
  const Verdict verdict = std::min(judge(mark_in(body), settings_.sign_key, now),
                                   judge(in_query, settings_.sign_key, now));
  if (verdict == Verdict::good) return true;
  ++counters_.refused[static_cast<std::size_t>(Refusal::signature)];
  log_(messages::not_signed, {{"error_code", to_string(verdict)}, {"origin", origin}});
  return false;
}

// Where the memory does not suffice the sender may come again.
void Receiver::hold(httpd::Server::Ticket ticket, std::string_view body,
                    const std::string& origin) try {
  inbox::Arrival arrival = arrival_of(body);
  const base::Instant now = clock_.now();
  if (!arrival.unreadable.empty()) {
    if (odd_ones_.level(now) < 1)
      return server_.answer(ticket, refuse(Refusal::no_event, 400, arrival.unreadable, origin));
    odd_ones_.take();
  }
  arrival.origin = origin;
  arrival.received_at = clock_.utc();
  arrivals_.push_back(std::move(arrival));
  waiting_.push_back({ticket, now});
} catch (const std::bad_alloc&) {
  arrivals_.resize(waiting_.size());
  ++counters_.failed;
  server_.answer(ticket, unavailable());
}

httpd::Response Receiver::refuse(Refusal refusal, int status, std::string_view reason,
                                 const std::string& origin) {
  ++counters_.refused[static_cast<std::size_t>(refusal)];
  log_(messages::refused, {{"reason", reason}, {"status", status}, {"origin", origin}});
  return say(status, "error", reason);
}

// Not the noise of strangers: such an event comes from the service, and will not come again.
httpd::Response Receiver::refuse_long(const httpd::Request& request) {
  ++counters_.refused[static_cast<std::size_t>(Refusal::length)];
  log_(messages::too_long, {{"body_bytes", request.header("Content-Length").value_or("unknown")},
                            {"body_bytes_max", settings_.body_bytes_max},
                            {"advice", "Raise [receiver] body_bytes_max and restart"},
                            {"origin", origin_of(request)}});
  return say(413, "error", reason_of(413));
}

// ---- the store ------------------------------------------------------------------------------

void Receiver::store() {
  const base::Instant began = clock_.now();
  if (began < store_again_at_) return turn_away();
  try {
    stored(inbox_.save(arrivals_), began);
  } catch (const std::system_error& error) {
    if (inbox::fatal(error.code())) throw;
    could_not_store(error);
  }
}

void Receiver::stored(const inbox::SaveResult& result, base::Instant began) {
  const base::Instant now = clock_.now();
  tell_stored(log_, arrivals_, result, now - began);
  if (failing_since_) {
    tell_stored_again(log_, now - *failing_since_, counters_.failed - failed_before_);
    failing_since_.reset();
  }
  counters_.stored += result.count(inbox::Outcome::stored);
  counters_.redelivered += result.count(inbox::Outcome::redelivered);
  counters_.quarantined += result.count(inbox::Outcome::quarantined);
  for (std::size_t i = 0; i < waiting_.size(); ++i) {
    server_.answer(waiting_[i].ticket, say(200, "outcome", word_of(result.outcomes[i])));
    answer_s_.observe(seconds(now - waiting_[i].since));
  }
  waiting_.clear();
  arrivals_.clear();
}

void Receiver::could_not_store(const std::system_error& error) {
  const base::Instant now = clock_.now();
  store_again_at_ = now + store_pause;
  if (!failing_since_) {
    failing_since_ = now;
    failed_before_ = counters_.failed;
  }
  tell_trouble(log_, inbox_.trouble(error), waiting_.size());
  turn_away();
}

void Receiver::turn_away() {
  const base::Instant now = clock_.now();
  counters_.failed += waiting_.size();
  for (const Waiting& each : waiting_) {
    server_.answer(each.ticket, unavailable());
    answer_s_.observe(seconds(now - each.since));
  }
  waiting_.clear();
  arrivals_.clear();
}

}  // namespace receiver
