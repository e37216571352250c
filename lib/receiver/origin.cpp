#include "receiver/origin.h"

#include "httpd/name.h"

namespace receiver {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

}  // namespace

std::string origin_of(const httpd::Request& request) {
  return origin_of(request.peer(), request.last_header("X-Forwarded-For"));
}

std::string origin_of(const std::string& peer, std::string_view forwarded_for) {
  if (!peer.empty() && !httpd::loopback_host(peer)) return peer;
  const std::string_view hop = trimmed(forwarded_for.substr(forwarded_for.rfind(',') + 1));
  std::string client = httpd::host_in(hop);
  if (!client.empty()) return client;
  return peer.empty() ? "unix" : peer;
}

}  // namespace receiver
