#include "http/transport.h"

#include "base/owned.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <strings.h>

namespace http {
namespace {

// The host as curl understands the URL: who judges and who connects must not read it differently
// (http://localhost@example.com, http://2130706433).  Empty when the URL is malformed.
std::string host_of(std::string_view url) {
  const base::Owned<CURLU, curl_url_cleanup> parts(curl_url());
  const std::string text(url);
  char* host = nullptr;
  if (!parts || url.find('\0') != url.npos ||
      curl_url_set(parts.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK ||
      curl_url_get(parts.get(), CURLUPART_HOST, &host, 0) != CURLUE_OK) {
    return {};
  }
  const base::Owned<char, curl_free> owned(host);
  return host;
}

bool is_loopback_address(const std::string& host) {
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
  in6_addr v6{};
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  return bracketed && inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &v6) == 1 &&
         IN6_IS_ADDR_LOOPBACK(&v6);
}

// curl never asks the DNS for these names.
bool is_localhost(const std::string& host) {
  constexpr std::string_view suffix = ".localhost";
  return strcasecmp(host.c_str(), "localhost") == 0 ||
         (host.size() > suffix.size() &&
          strcasecmp(host.c_str() + host.size() - suffix.size(), suffix.data()) == 0);
}

}  // namespace

std::string_view to_string(Fault fault) {
  switch (fault) {
    case Fault::none:
      return "none";
    case Fault::resolve:
      return "resolve";
    case Fault::connect:
      return "connect";
    case Fault::tls:
      return "tls";
    case Fault::timeout:
      return "timeout";
    case Fault::interrupted:
      return "interrupted";
    case Fault::too_large:
      return "too_large";
    case Fault::refused:
      return "refused";
    case Fault::other:
      return "other";
  }
  return "unknown";
}

bool plain_http_allowed(std::string_view url) {
  const std::string host = host_of(url);
  return is_loopback_address(host) || is_localhost(host);
}

}  // namespace http
