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

// Where the configuration lets the credential come from.
credentials::Settings credential_settings(const Config& config);

// Whether anything is pulled, which takes a credential.
bool pulls(const Config& config);

// Throws ConfigError where the configuration leaves nothing to do: neither pulling nor receiving.
void require_work(const Config& config);

// What it takes to call the API.
struct Api {
  // `source`: none where nothing is pulled.  Throws ConfigError when the CA bundle can't be read.
  Api(const Config& config, credentials::Source source, base::Log& log, std::vector<int> watched);

  // Reads the credential again, and takes over what else may change while it works.  Throws
  // credentials::Error, or as the constructor does, and has changed nothing then.
  // `credential_moved`: its settings are others.
  void reload(const Config& config, bool credential_moved);

  base::SystemClock clock;
  credentials::Source credentials;
  http::CurlTransport transport;
  vod::Client client;
};

}  // namespace vodeventd
