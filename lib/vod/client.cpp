#include "vod/client.h"

#include "json/write.h"
#include "vod/limits.h"
#include "vod/messages.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace vod {
namespace {

// The Host header as libcurl sends it: host and port of the URL, without the scheme's own port.
std::string host_of(const std::string& url) {
  const std::size_t start = url.find("://") + 3;
  std::string host = url.substr(start, url.find('/', start) - start);
  for (const std::string_view port : {":80", ":443"}) {
    const bool own = (port == ":443") == url.starts_with("https:");
    if (own && host.ends_with(port)) host.resize(host.size() - port.size());
  }
  return host;
}

}  // namespace

std::string url_of(const std::string& endpoint) {
  std::string url = endpoint.find("://") == std::string::npos ? "https://" + endpoint : endpoint;
  if (url.find('/', url.find("://") + 3) == std::string::npos) url += '/';
  return url;
}

Client::Client(Settings settings, http::Transport& transport, credentials::Source& credentials,
               base::Clock& clock, base::Log& log)
    : settings_(std::move(settings)),
      transport_(transport),
      credentials_(credentials),
      clock_(clock),
      log_(log),
      url_(url_of(settings_.endpoint)),
      host_(host_of(url_)) {}

Call Client::pull_events() { return begin(Action::pull_events, ""); }

Call Client::confirm_events(std::span<const std::string> handles) {
  assert(!handles.empty() && handles.size() <= handles_per_confirm_max);
  std::string members = "\"EventHandles\":[";
  for (const std::string& handle : handles) {
    if (members.back() != '[') members += ',';
    members += json::quote(handle);
  }
  return begin(Action::confirm_events, members + ']');
}

Call Client::describe_event_config() { return begin(Action::describe_event_config, ""); }
Call Client::describe_events_state() { return begin(Action::describe_events_state, ""); }

Call Client::begin(Action action, std::string members) {
  if (settings_.sub_app_id) {
    if (!members.empty()) members += ',';
    members += "\"SubAppId\":" + std::to_string(*settings_.sub_app_id);
  }
  send({++last_call_, action, '{' + members + '}'});
  return last_call_;
}

void Client::send(Sent sent) {
  renew_doubted_secret();
  const tc3::Credential* credential = credentials_.current();
  if (!credential) {
    sent.since = clock_.now();
    waiting_.push_back(std::move(sent));
    return;
  }
  const auto now = std::chrono::floor<std::chrono::seconds>(clock_.utc()) + clock_offset_;
  const tc3::Request request{.host = host_,
                             .action = to_string(sent.action),
                             .region = settings_.region,
                             .body = sent.body};
  http::Request http_request{.url = url_,
                             .headers = signer_.signed_headers(request, *credential, now),
                             .body = sent.body,
                             .timeout = settings_.timeout};
  sent_.emplace(transport_.start(std::move(http_request)), std::move(sent));
}

std::vector<Answer> Client::poll(base::Instant until) {
  fetch_credential();
  serve_waiting();
  std::vector<Answer> answers = std::exchange(failed_, {});
  if (!answers.empty()) until = base::Instant{};
  for (http::Completion& done : transport_.poll(std::min(until, next_fetch(clock_.now())))) {
    if (fetching_ == done.transfer) {
      fetching_.reset();
      take_credential(done.response);
      continue;
    }
    const auto entry = sent_.find(done.transfer);
    assert(entry != sent_.end());
    Sent sent = std::move(entry->second);
    sent_.erase(entry);
    finish(std::move(sent), std::move(done.response), answers);
  }
  return answers;
}

void Client::finish(Sent sent, http::Response response, std::vector<Answer>& answers) {
  Answer answer{.call = sent.call,
                .action = sent.action,
                .reply = {},
                .started = response.started,
                .first_byte = response.first_byte,
                .date = response.date};
  const auto date = response.date;
  answer.reply = read_reply(sent.action, std::move(response));
  if (const auto& failure = answer.reply.failure) {
    if (failure->error_class == ErrorClass::clock_skew && !sent.signed_again && learn_clock(date)) {
      sent.signed_again = true;
      send(std::move(sent));
      return;
    }
    if (failure->error_class == ErrorClass::credential) {
      read_secret_again();
      secret_doubted_ = true;
    }
  }
  answers.push_back(std::move(answer));
}

// Only a refusal makes us doubt our own clock, and only by a difference that explains it.
bool Client::learn_clock(const std::optional<std::chrono::sys_seconds>& date) {
  if (!date) return false;
  const auto offset = *date - std::chrono::floor<std::chrono::seconds>(clock_.utc());
  if (std::chrono::abs(offset - clock_offset_) < std::chrono::minutes(1)) return false;
  clock_offset_ = std::chrono::duration_cast<std::chrono::seconds>(offset);
  const bool wrong = std::chrono::abs(offset) >= std::chrono::minutes(1);
  log_(wrong ? messages::clock_wrong : messages::clock_right,
       {{"offset_s", clock_offset_.count()}});
  return true;
}

// Read at once when it is refused, since a role's has to be fetched first, and once more just
// before the next attempt: a minute later a file may hold another.
void Client::renew_doubted_secret() {
  if (std::exchange(secret_doubted_, false)) read_secret_again();
}

void Client::read_secret_again() {
  try {
    credentials_.reload();
  } catch (const credentials::Error& error) {
    note_credential_error(error.what());
  }
}

void Client::note_credential_error(const std::string& error) {
  credential_error_ = error;
  log_(messages::no_credential, {{"error", error}});
}

void Client::fetch_credential() {
  if (fetching_) return;
  if (auto request = credentials_.due(clock_.utc()))
    fetching_ = transport_.start(std::move(*request));
}

void Client::take_credential(const http::Response& response) {
  try {
    credentials_.completed(response, clock_.utc());
    credential_error_.clear();
  } catch (const credentials::Error& error) {
    note_credential_error(error.what());
    if (credentials_.current()) return;
    for (const Sent& sent : std::exchange(waiting_, {})) fail_waiting(sent);
  }
  serve_waiting();
}

// Calls that wait for a credential go out when there is one, wherever it came from, and fail when
// their time is over.
void Client::serve_waiting() {
  const bool ready = credentials_.current() != nullptr;
  const base::Instant limit = clock_.now() - settings_.timeout;
  for (Sent& sent : std::exchange(waiting_, {})) {
    if (ready)
      send(std::move(sent));
    else if (sent.since <= limit)
      fail_waiting(sent);
    else
      waiting_.push_back(std::move(sent));
  }
}

void Client::fail_waiting(const Sent& sent) {
  Answer answer{.call = sent.call,
                .action = sent.action,
                .reply = {},
                .started = clock_.now(),
                .first_byte = clock_.now()};
  answer.reply.failure.emplace();
  answer.reply.failure->error_class = ErrorClass::credential;
  answer.reply.failure->code = "no-credential";
  answer.reply.failure->message = credential_error_;
  failed_.push_back(std::move(answer));
}

// When poll() has to look up for the credential's sake.
base::Instant Client::next_fetch(base::Instant now) const {
  if (!waiting_.empty())
    return std::min(waiting_.front().since + settings_.timeout, now + std::chrono::seconds(1));
  const base::Utc due = credentials_.due_at();
  if (fetching_ || due == base::Utc::max()) return base::Instant::max();
  const auto wait = std::clamp(due - clock_.utc(), std::chrono::milliseconds(0),
                               std::chrono::milliseconds(std::chrono::hours(1)));
  return now + wait;
}

}  // namespace vod
