// The parts of the daemon, built from the configuration top to bottom and handed on by reference.
#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "credentials/source.h"
#include "daemon/config.h"
#include "http/curl_transport.h"
#include "vod/client.h"

#include <chrono>
#include <vector>

namespace vodeventd {

// What it takes to call the API.
struct Api {
  // Throws credentials::Error.
  Api(const Config& config, base::Log& log, std::vector<int> watched);

  base::SystemClock clock;
  credentials::Source credentials;
  http::CurlTransport transport;
  vod::Client client;
};

}  // namespace vodeventd
