#include "http/exchange.h"

#include "http/fault.h"

#include <strings.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace http {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

// Idle connections are dropped by NATs and balancers after a minute or more, often silently.
constexpr long connection_idle_s_max = 55;
constexpr long keepalive_idle_s = 15;
constexpr long keepalive_interval_s = 5;

constexpr seconds retry_after_max{60};

bool starts_with_ignoring_case(std::string_view text, std::string_view start) {
  return text.size() >= start.size() && strncasecmp(text.data(), start.data(), start.size()) == 0;
}

// The value of header `name:` (with its colon), when the line is that header.
std::optional<std::string_view> value_of(std::string_view line, std::string_view name) {
  if (!starts_with_ignoring_case(line, name)) return std::nullopt;
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t begin = line.find_first_not_of(blanks, name.size());
  if (begin == line.npos) return std::string_view();
  return line.substr(begin, line.find_last_not_of(blanks) + 1 - begin);
}

std::optional<sys_seconds> parse_date(const std::string& text) {
  const time_t time = curl_getdate(text.c_str(), nullptr);
  if (time == -1) return std::nullopt;
  return sys_seconds(seconds(time));
}

// Delta-seconds or a date, clamped; a date counts from the server's own clock where it told it.
std::optional<seconds> parse_retry_after(const std::string& text, sys_seconds now) {
  if (text.empty()) return std::nullopt;
  if (text.find_first_not_of("0123456789") == text.npos) {
    std::uint32_t delta_s = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), delta_s);
    return error == std::errc() ? std::min(seconds(delta_s), retry_after_max) : retry_after_max;
  }
  const std::optional<sys_seconds> date = parse_date(text);
  if (!date) return std::nullopt;
  return std::clamp(*date - now, seconds(0), retry_after_max);
}

}  // namespace

void Exchange::begin(Transfer transfer, Request request, Multi& multi) {
  transfer_ = transfer;
  request_ = std::move(request);
  response_.started = clock_.now();
  set_request();
  set_tls();
  set_limits();
  set_callbacks();
  check(curl_multi_add_handle(multi.get(), easy_.get()), "begin a transfer");
  multi_ = multi.get();
}

void Exchange::set_request() {
  for (const std::string& header : request_.headers) headers_.add(header.c_str());
  // What curl would add by itself: a round trip before the body, and a type nobody signed.
  headers_.add("Expect:");
  headers_.add("Content-Type:");
  easy_.set(CURLOPT_HTTPHEADER, headers_.get());
  easy_.set(CURLOPT_URL, request_.url.c_str());
  easy_.set(CURLOPT_PROTOCOLS_STR,
            starts_with_ignoring_case(request_.url, "https:") ? "https" : "http");
  easy_.set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
  easy_.set(CURLOPT_ACCEPT_ENCODING, "gzip");
  easy_.set(CURLOPT_FOLLOWLOCATION, 0L);
  easy_.set(CURLOPT_PROXY, "");
  if (!settings_.user_agent.empty()) easy_.set(CURLOPT_USERAGENT, settings_.user_agent.c_str());
  if (!request_.body.empty()) {
    easy_.set(CURLOPT_POST, 1L);
    easy_.set(CURLOPT_POSTFIELDSIZE, static_cast<long>(request_.body.size()));
    easy_.set(CURLOPT_POSTFIELDS, request_.body.data());
  }
}

// The file is set and the folder unset, else curl parses the bundle anew for every connection.
// Neither what it read nor a connection that it made before the file changed is used again, nor is
// a session resumed, which would pass the check of the certificate by.  curl counts in whole
// seconds, of which zero means "for ever" to a connection.
void Exchange::set_tls() {
  const long trusted_s = trust_.age_s();
  easy_.set(CURLOPT_CAINFO, trust_.file().c_str());
  easy_.unset(CURLOPT_CAPATH);
  easy_.set(CURLOPT_CA_CACHE_TIMEOUT, trusted_s);
  easy_.set(CURLOPT_MAXLIFETIME_CONN, std::max(1L, trusted_s - 1));
  easy_.set(CURLOPT_FRESH_CONNECT, trusted_s < 2 ? 1L : 0L);
  easy_.set(CURLOPT_SSL_SESSIONID_CACHE, 0L);
  easy_.set(CURLOPT_SSL_VERIFYPEER, 1L);
  easy_.set(CURLOPT_SSL_VERIFYHOST, 2L);
  easy_.set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
}

void Exchange::set_limits() {
  // Zero would mean "no limit" to curl.  There is no limit to how slow a reply may be besides: curl
  // would look each second, which is most of what waiting costs.
  easy_.set(CURLOPT_TIMEOUT_MS, std::max(1L, long{request_.timeout.count()}));
  easy_.set(CURLOPT_CONNECTTIMEOUT_MS, std::max(1L, long{settings_.connect_timeout.count()}));
  body_bytes_max_ = settings_.body_bytes_max;
  easy_.set(CURLOPT_MAXFILESIZE_LARGE, static_cast<long>(body_bytes_max_));
  easy_.set(CURLOPT_MAXAGE_CONN, connection_idle_s_max);
  easy_.set(CURLOPT_TCP_KEEPALIVE, 1L);
  easy_.set(CURLOPT_TCP_KEEPIDLE, keepalive_idle_s);
  easy_.set(CURLOPT_TCP_KEEPINTVL, keepalive_interval_s);
  easy_.set(CURLOPT_NOSIGNAL, 1L);
  easy_.set(CURLOPT_QUICK_EXIT, 1L);  // a DNS server that never answers must not hold the end up
}

void Exchange::set_callbacks() {
  easy_.set(CURLOPT_PRIVATE, this);
  easy_.set(CURLOPT_ERRORBUFFER, error_.data());
  easy_.set(CURLOPT_PREREQFUNCTION, &Exchange::on_request);
  easy_.set(CURLOPT_PREREQDATA, this);
  easy_.set(CURLOPT_HEADERFUNCTION, &Exchange::on_header);
  easy_.set(CURLOPT_HEADERDATA, this);
  easy_.set(CURLOPT_WRITEFUNCTION, &Exchange::on_body);
  easy_.set(CURLOPT_WRITEDATA, this);
}

void Exchange::detach() noexcept {
  if (multi_ != nullptr) curl_multi_remove_handle(multi_, easy_.get());
  multi_ = nullptr;
}

void Exchange::end() noexcept {
  detach();
  easy_.reset();
  headers_.clear();
  request_ = {};
  response_ = {};
  retry_after_.clear();
  first_byte_came_ = false;
  times_sent_ = 0;
  too_large_ = false;
  error_.front() = '\0';
}

// No memory for a header is as good a reason to end the transfer as no memory for the body.
std::size_t Exchange::on_header(char* data, std::size_t, std::size_t count,
                                void* exchange) noexcept {
  auto& self = *static_cast<Exchange*>(exchange);
  try {
    self.take_header({data, count});
    return count;
  } catch (const std::bad_alloc&) {
    self.too_large_ = true;
    return 0;
  }
}

// curl hands over what it has decoded, so the cap holds for a gzip bomb too.
// Called each time before the request leaves on a connection.
int Exchange::on_request(void* exchange, char*, char*, int, int) noexcept {
  ++static_cast<Exchange*>(exchange)->times_sent_;
  return CURL_PREREQFUNC_OK;
}

std::size_t Exchange::on_body(char* data, std::size_t, std::size_t count, void* exchange) noexcept {
  auto& self = *static_cast<Exchange*>(exchange);
  std::string& body = self.response_.body;
  self.too_large_ = count > self.body_bytes_max_ - body.size();
  if (self.too_large_) return 0;
  try {
    body.append(data, count);
    return count;
  } catch (const std::bad_alloc&) {
    self.too_large_ = true;
    return 0;
  }
}

void Exchange::take_header(std::string_view line) {
  if (!first_byte_came_) response_.first_byte = clock_.now();
  first_byte_came_ = true;
  if (starts_with_ignoring_case(line, "HTTP/")) {  // the headers of an interim reply do not count
    response_.content_type.clear();
    response_.date.reset();
    retry_after_.clear();
  } else if (const auto type = value_of(line, "Content-Type:")) {
    response_.content_type = *type;
  } else if (const auto date = value_of(line, "Date:")) {
    response_.date = parse_date(std::string(*date));
  } else if (const auto wait = value_of(line, "Retry-After:")) {
    retry_after_ = *wait;
  }
}

Response Exchange::response(CURLcode code) {
  response_.repeated = times_sent_ > 1;
  Response response;
  const auto status = easy_.number(CURLINFO_RESPONSE_CODE);
  const bool complete = code == CURLE_OK && !too_large_;
  if (complete && status >= 100 && status <= 999) {
    response = std::move(response_);
    response.status = static_cast<int>(status);
    const auto utc = std::chrono::floor<seconds>(clock_.utc());
    response.retry_after = parse_retry_after(retry_after_, response.date.value_or(utc));
    return response;
  }
  response.fault = complete ? Fault::other : too_large_ ? Fault::too_large : fault_of(code, easy_);
  response.detail = error_.front() != '\0' ? error_.data() : curl_easy_strerror(code);
  if (complete) response.detail = "the status line is none of HTTP";
  if (too_large_) {
    response.detail = "the body exceeds " + std::to_string(body_bytes_max_) + " bytes";
  }
  response.repeated = response_.repeated;
  response.started = response_.started;
  response.first_byte = first_byte_came_ ? response_.first_byte : clock_.now();
  return response;
}

}  // namespace http
