// Probe: the way to a server, step by step, and not one request to it.
//
// Looks the name up, connects, shakes hands by TLS as CurlTransport does, and gives the connection
// up again.  Blocks for `limit` at most.  Throws std::system_error when libcurl itself refuses,
// never for what the network does.
#pragma once

#include "http/transport.h"

#include <chrono>
#include <optional>
#include <string>

namespace http {

struct Probe {
  // At which step it ended: resolve, connect or tls; none when all is well; refused and other as
  // in a Response.
  Fault fault = Fault::none;
  std::string detail;  // of a fault: the library's own words

  // Of the steps that were done; each for itself, 0 where it is not known.
  std::string address;
  std::chrono::microseconds look_up{0}, connect{0}, handshake{0};
  std::string tls;  // "TLSv1.3 / TLS_AES_256_GCM_SHA384", empty when it is not known
  std::optional<std::chrono::sys_seconds> certificate_ends;
};

// `ca_file`: empty: the system's bundle.
Probe probe(const std::string& url, const std::string& ca_file, std::chrono::milliseconds limit);

}  // namespace http
