#include "daemon/parts.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace vodeventd {
namespace {

// Without its bundle no connection would ever succeed.
http::CurlTransport::Settings transport_settings(const Config& config) {
  const std::string& bundle = config.api.ca_file;
  if (!bundle.empty() && access(bundle.c_str(), R_OK) != 0)
    throw ConfigError("api.ca_file " + bundle + ": " + std::strerror(errno));
  http::CurlTransport::Settings settings;
  settings.ca_file = config.api.ca_file;
  settings.body_bytes_max = config.api.reply_bytes_max;
  settings.user_agent = "vodeventd/" VODEVENTD_VERSION;
  return settings;
}

}  // namespace

credentials::Settings credential_settings(const Config& config) {
  credentials::Settings settings;
  settings.name = service_of(config.origin.instance);
  settings.secret_id = config.credentials.secret_id;
  settings.secret_key_file = config.credentials.secret_key_file;
  settings.token_file = config.credentials.token_file;
  settings.profile = config.credentials.profile;
  settings.cvm_role = config.credentials.cvm_role;
  settings.metadata_endpoint = config.credentials.metadata_endpoint;
  settings.environment = [](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);
    return value ? std::optional<std::string>(value) : std::nullopt;
  };
  return settings;
}

bool pulls(const Config& config) { return config.poll.max_pulls_in_flight > 0; }

void require_work(const Config& config) {
  if (!pulls(config) && config.receiver.listen.empty())
    throw ConfigError(
        "poll.max_pulls_in_flight is 0 and receiver.listen is empty: there is nothing to do");
}

Api::Api(const Config& config, credentials::Source source, base::Log& log, std::vector<int> watched)
    : credentials(std::move(source)),
      transport(clock, transport_settings(config), std::move(watched)),
      client({.endpoint = config.api.endpoint,
              .region = config.api.region,
              .sub_app_id = config.api.sub_app_id,
              .timeout = config.api.timeout},
             transport, credentials, clock, log) {}

// A credential from the same place is read in place: what a CVM role gave stays good meanwhile.
void Api::reload(const Config& config, bool credential_moved) {
  http::CurlTransport::Settings settings = transport_settings(config);
  if (pulls(config) && (credential_moved || credentials.origin().empty()))
    credentials = credentials::Source(credential_settings(config));
  else if (pulls(config))
    credentials.reload();
  client.timeout(config.api.timeout);
  transport.reload(std::move(settings));
}

}  // namespace vodeventd
