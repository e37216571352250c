#include "daemon/parts.h"

#include <cstdlib>

namespace vodeventd {
namespace {

credentials::Settings credential_settings(const Config& config) {
  credentials::Settings settings;
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

http::CurlTransport::Settings transport_settings(const Config& config) {
  http::CurlTransport::Settings settings;
  settings.ca_file = config.api.ca_file;
  settings.body_bytes_max = config.api.reply_bytes_max;
  settings.user_agent = "vodeventd/" VODEVENTD_VERSION;
  return settings;
}

}  // namespace

Api::Api(const Config& config, base::Log& log, std::vector<int> watched)
    : credentials(credential_settings(config)),
      transport(clock, transport_settings(config), std::move(watched)),
      client({.endpoint = config.api.endpoint,
              .region = config.api.region,
              .sub_app_id = config.api.sub_app_id,
              .timeout = config.api.timeout},
             transport, credentials, clock, log) {}

}  // namespace vodeventd
