#include "daemon/reload.h"

#include "credentials/source.h"
#include "daemon/messages.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace vodeventd {
namespace {

// api.timeout_s,log.level
std::string names(const std::vector<const Key*>& keys, When when) {
  std::string list;
  for (const Key* key : keys) {
    if (key->when != when) continue;
    if (!list.empty()) list += ',';
    list.append(key->section).append(".").append(key->name);
  }
  return list;
}

std::optional<tc3::Credential> credential_of(const Api& api) {
  const tc3::Credential* credential = api.credentials.current();
  return credential ? std::optional(*credential) : std::nullopt;
}

bool same(const std::optional<tc3::Credential>& one, const std::optional<tc3::Credential>& other) {
  if (!one || !other) return !one && !other;
  return one->secret_id == other->secret_id &&
         one->secret_key.reveal() == other->secret_key.reveal() &&
         one->token.reveal() == other->token.reveal();
}

// The running configuration with those changes that need no new start.
Config merged(Config running, const Config& fresh, const std::vector<const Key*>& changed) {
  for (const Key* key : changed)
    if (key->when == When::reload) take(*key, fresh, running);
  return running;
}

void apply(const Config& fresh, Config& running, Api& api, relay::Relay& relay,
           Reception& reception, base::Log& log) {
  const std::vector<const Key*> changed = changes(running, fresh);
  Config next = merged(running, fresh, changed);
  require_work(fresh);  // at the next start
  require_work(next);   // now
  const bool moved = std::any_of(changed.begin(), changed.end(),
                                 [](const Key* key) { return key->section == "credentials"; });
  const std::optional<tc3::Credential> earlier = credential_of(api);
  receiver::Settings receiver_settings = reception.settings_of(next);
  api.reload(next, moved);  // throws, as the line above, before it changes anything
  reception.use(std::move(receiver_settings));
  relay.pace(next.poll.max_pulls_in_flight, next.poll.interval);
  log.level(next.log_level);
  running = std::move(next);
  std::string news = names(changed, When::reload);
  if (!same(earlier, credential_of(api))) news += news.empty() ? "credential" : ",credential";
  log(messages::read_again,
      {{"changed", news.empty() ? "nothing" : news}, {"credential", api.credentials.origin()}});
  if (const std::string late = names(changed, When::start); !late.empty())
    log(messages::needs_new_start, {{"keys", late}});
}

}  // namespace

void reload(Config& running, Api& api, relay::Relay& relay, Reception& reception, base::Log& log) {
  const auto kept = [&](const std::exception& error) {
    log(messages::kept_configuration, {{"error", error.what()}});
  };
  try {
    apply(load_again(running), running, api, relay, reception, log);
  } catch (const ConfigError& error) {
    kept(error);
  } catch (const credentials::Error& error) {
    kept(error);
  }
}

}  // namespace vodeventd
