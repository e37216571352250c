// The seam to the network: start requests, poll for what has completed.
//
// Promises: every request that was started completes exactly once, at the latest when its timeout
// is over; a body is never longer than the cap; redirects are not followed; certificates and host
// names are always verified.  No call throws for what the network does: that is a value in the
// completion. The one implementation for production is CurlTransport; tests and simulations bring
// their own.
#pragma once

#include "base/clock.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace http {

struct Request {
  std::string url;  // https://…; http:// for loopback only, see plain_http_allowed()
  std::vector<std::string> headers{};         // "Name: value"
  std::string body{};                         // sent by POST; empty: GET
  std::chrono::milliseconds timeout{10'000};  // for the whole request, connecting included
  // http:// to any host.  Only for a machine's metadata service, which speaks nothing else and is
  // sent no key.
  bool plain_http = false;
};

enum class Fault {
  none,
  resolve,      // DNS
  connect,      // refused, unreachable, no answer to the handshake
  tls,          // certificate, host name, protocol
  timeout,      // the whole request took too long
  interrupted,  // reset, closed early, shorter than announced
  too_large,    // the body exceeds the cap
  refused,      // we would not send it: plain http to a foreign host, malformed URL
  other,
};

std::string_view to_string(Fault fault);

struct Response {
  Fault fault = Fault::none;
  std::string detail;  // of a fault: the library's own words

  // When fault is none:
  int status = 0;
  std::string content_type;  // as sent, empty when missing
  std::optional<std::chrono::seconds> retry_after;
  std::optional<std::chrono::sys_seconds> date;  // the server's Date header
  std::string body;

  // The request was sent more than once: it may have taken effect before the one that was answered.
  // curl does so when a kept connection turns out to be dead.
  bool repeated = false;

  // When the first byte of the reply came (of a fault without one: when it was noticed).
  base::Instant first_byte;
  base::Instant started;
};

using Transfer = std::uint64_t;

struct Completion {
  Transfer transfer;
  Response response;
};

struct Transport {
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  virtual Transfer start(Request request) = 0;

  // Works on what is in flight until something completes, `until` has come, or one of the
  // descriptors the implementation watches is readable; gives what has completed.
  virtual std::vector<Completion> poll(base::Instant until) = 0;

  // Ends a transfer without a completion.  No effect when it has completed.
  virtual void cancel(Transfer transfer) = 0;
};

// Whether http:// may be used for this URL: loopback only, that is 127.0.0.0/8, [::1], localhost
// and names under .localhost, since a key must never sign what others can read.
bool plain_http_allowed(std::string_view url);

}  // namespace http
