#include "daemon/reload.h"

#include "credentials/source.h"

#include <algorithm>
#include <string>

namespace vodeventd {
namespace {

using base::Level;

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

// The running configuration with those changes that need no new start.
Config merged(Config running, const Config& fresh, const std::vector<const Key*>& changed) {
  for (const Key* key : changed)
    if (key->when == When::reload) take(*key, fresh, running);
  return running;
}

void apply(const Config& fresh, Config& running, Api& api, relay::Relay& relay, base::Log& log) {
  const std::vector<const Key*> changed = changes(running, fresh);
  Config next = merged(running, fresh, changed);
  const bool moved = std::any_of(changed.begin(), changed.end(),
                                 [](const Key* key) { return key->section == "credentials"; });
  api.reload(next, moved);  // throws before it changes anything
  relay.pace(next.poll.max_pulls_in_flight, next.poll.interval);
  log.level(next.log_level);
  running = std::move(next);
  log(Level::notice, "read configuration and credential again",
      {{"changed", names(changed, When::reload)}, {"credential", api.credentials.origin()}});
  if (const std::string late = names(changed, When::start); !late.empty())
    log(Level::warning, "a change takes effect at the next start only", {{"keys", late}});
}

}  // namespace

void reload(Config& running, Api& api, relay::Relay& relay, base::Log& log) {
  const auto kept = [&](const std::exception& error) {
    log(Level::error, "kept configuration and credential: could not read them again",
        {{"error", error.what()}});
  };
  try {
    apply(load_again(running), running, api, relay, log);
  } catch (const ConfigError& error) {
    kept(error);
  } catch (const credentials::Error& error) {
    kept(error);
  }
}

}  // namespace vodeventd
