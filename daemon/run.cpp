#include "daemon/run.h"

#include "daemon/exit.h"
#include "daemon/exposition.h"
#include "daemon/lock.h"
#include "daemon/messages.h"
#include "daemon/metrics.h"
#include "daemon/notify.h"
#include "daemon/parts.h"
#include "daemon/process.h"
#include "daemon/queue_count.h"
#include "daemon/reception.h"
#include "daemon/reload.h"
#include "daemon/signals.h"
#include "daemon/status.h"
#include "daemon/ticker.h"
#include "inbox/inbox.h"
#include "inbox/stage.h"
#include "relay/driver.h"
#include "relay/relay.h"

#include <signal.h>

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace vodeventd {
namespace {

relay::Relay::Settings relay_settings(const Config& config, bool drain) {
  relay::Relay::Settings settings;
  settings.pulls.in_flight_max = config.poll.max_pulls_in_flight;
  settings.pulls.interval = config.poll.interval;
  settings.drain = drain;
  return settings;
}

// Events that were stored but not confirmed when the last run ended come again within their lease.
void await_redelivery(relay::Relay& relay, inbox::Inbox& inbox, base::Clock& clock) {
  const std::optional<base::Utc> newest = inbox.newest_unconfirmed();
  if (!newest) return;
  const auto age = std::max(clock.utc() - *newest, std::chrono::milliseconds(0));
  if (age < vod::lease) relay.await_until(clock.now() + vod::lease - age + vod::lease_margin);
}

inbox::Bounds bounds_of(const Config& config) {
  return {config.retention.age, config.retention.rows, config.retention.bytes};
}

// Opening may take long after an upgrade: the manager is told to wait, and may end it.
inbox::Tell tell_opening(Api& api, Supervisor& supervisor, Signals& signals) {
  return [&](const inbox::Stage& stage) {
    supervisor.extend(stage.silent_max);
    supervisor.status(stage.what, api.clock.now());
    for (auto signal = signals.next(); signal; signal = signals.next())
      if (*signal != SIGHUP) return false;
    return true;
  };
}

// What a drain has nothing to do with is off.  Throws ConfigError where nothing is left to do.
Config fit_for(Config config, bool drain) {
  if (drain) config.receiver.listen.clear();
  if (drain && !pulls(config))
    throw ConfigError("poll.max_pulls_in_flight is 0: there is nothing to drain");
  require_work(config);
  return config;
}

credentials::Source credential_for(const Config& config) {
  if (!pulls(config)) return {};
  return credentials::Source(credential_settings(config));
}

// What the process has to do with besides the queue: signals, the service manager, who asks for
// metrics, who sends callbacks.
struct Surroundings {
  Surroundings(const Config& config, base::Log& log)
      : exposition(config, clock, log), reception(config, clock, log) {}

  // What wakes the loop.
  [[nodiscard]] std::vector<int> descriptors() const {
    std::vector<int> all = exposition.descriptors();
    for (const int each : reception.descriptors()) all.push_back(each);
    all.insert(all.end(), {signals.descriptor(), ticker.descriptor()});
    return all;
  }

  base::SystemClock clock;
  Signals signals;
  Supervisor supervisor;
  Ticker ticker{supervisor.pace()};
  Exposition exposition;
  Reception reception;
};

// What the loop works with, as the verb has built it.
struct Loop {
  Config config;  // as far as it has taken effect
  Surroundings& around;
  Api& api;
  relay::Relay& relay;
  relay::Driver& driver;
  QueueCount& queue;
  base::Log& log;
  Status status;
};

void take_signals(Loop& loop) {
  while (const std::optional<int> signal = loop.around.signals.next()) {
    if (*signal == SIGHUP) {
      loop.around.supervisor.reloading();
      reload(loop.config, loop.api, loop.relay, loop.around.reception, loop.log);
      loop.driver.keep(bounds_of(loop.config));
      loop.driver.retry_now();
      loop.around.supervisor.ready();
      continue;
    }
    loop.log(messages::stopping, {{"signal", *signal == SIGINT ? "SIGINT" : "SIGTERM"}});
    loop.around.supervisor.stopping();
    loop.around.reception.stop();
    loop.driver.stop();
  }
}

// What is done now and then, though nothing happens.
void tick(Loop& loop, base::Instant now) {
  loop.around.supervisor.status(loop.status.line(), now);
  loop.log.tick();
  if (loop.around.exposition.on()) loop.queue.tick(now);
  loop.around.exposition.tick(now);
  if (loop.around.reception.tick(now)) loop.api.transport.watch(loop.around.descriptors());
}

void work(Loop& loop) {
  while (!loop.driver.finished()) {
    loop.driver.turn();
    take_signals(loop);
    loop.around.reception.turn();
    loop.around.exposition.turn();
    const base::Instant now = loop.api.clock.now();
    if (loop.around.ticker.ticked()) tick(loop, now);
    loop.around.supervisor.turned(now);
  }
  loop.around.reception.finish();
}

// Confirms that can't be put on record cost a redelivery at most.
void record_last(inbox::Inbox& inbox, base::Log& log) {
  try {
    inbox.flush();
  } catch (const std::system_error& error) {
    if (inbox::fatal(error.code())) throw;
    const inbox::Trouble trouble = inbox.trouble(error);
    log(messages::could_not_record, {{"error", trouble.error},
                                     {"error_code", trouble.code},
                                     {"errno", trouble.errno_text},
                                     {"advice", trouble.advice}});
  }
}

int exit_status(relay::Relay::End end) {
  switch (end) {
    case relay::Relay::End::drained:
      return 0;
    case relay::Relay::End::stopped:
    case relay::Relay::End::unavailable:
      return exit_unavailable;
    case relay::Relay::End::store:
      return exit_io;
  }
  return exit_unavailable;
}

std::string_view to_string(relay::Relay::End end) {
  switch (end) {
    case relay::Relay::End::drained:
      return "the queue is empty";
    case relay::Relay::End::stopped:
      return "told to stop";
    case relay::Relay::End::unavailable:
      return "the service can't be reached or refuses";
    case relay::Relay::End::store:
      return "nothing can be stored";
  }
  return "";
}

void tell_end(const relay::Relay& relay, const Reception& reception, base::Log& log) {
  const relay::Counters& counters = relay.counters();
  const receiver::Receiver* receiver = reception.receiver();
  log(messages::stopped,
      {{"reason", to_string(relay.end())},
       {"pulled", counters.pulled},
       {"stored", counters.stored},
       {"redelivered", counters.redelivered + counters.relinked},
       {"quarantined", counters.quarantined + counters.conflicts},
       {"abandoned", counters.abandoned},
       {"confirmed", counters.confirmed},
       {"received", receiver ? std::to_string(receiver->counters().stored) : ""}});
}

}  // namespace

int run(const Config& given, base::Log& log, bool drain) try {
  const Config config = fit_for(given, drain);
  const std::optional<Lock> lock = Lock::take(config.store.path);
  if (!lock) {
    log(messages::running_already, {{"path", config.store.path}});
    return exit_running;
  }
  Surroundings around(config, log);
  Api api(config, credential_for(config), log, {});
  inbox::Inbox inbox(config.store.path, config.api.sub_app_id, api.clock,
                     inbox::Inbox::ballast_bytes,
                     tell_opening(api, around.supervisor, around.signals));
  inbox.check_writable();
  relay::Relay relay(relay_settings(config, drain), std::random_device()(), api.clock.now());
  await_redelivery(relay, inbox, api.clock);
  relay::Driver driver(relay, api.client, inbox, api.clock, log);
  driver.keep(bounds_of(config));
  QueueCount queue(api.client, driver);
  driver.on_other([&](const vod::Answer& answer) { queue.take(answer, api.clock.now()); });
  const Measured measured{relay,         driver, inbox,     around.reception,
                          api.transport, queue,  api.clock, started_at(api.clock)};
  around.exposition.open([&](Reader reader) { return metrics_page(measured, reader); });

  log(messages::started, {{"version", VODEVENTD_VERSION},
                          {"endpoint", config.api.endpoint},
                          {"credential", api.credentials.origin()},
                          {"database", config.store.path}});
  around.reception.open(inbox);
  api.transport.watch(around.descriptors());
  around.supervisor.ready();
  Loop loop{config, around, api, relay,
            driver, queue,  log, {relay, driver.backlog(), around.reception, api.clock}};
  work(loop);
  record_last(inbox, log);
  around.exposition.close();
  log.settle();
  tell_end(relay, around.reception, log);
  return drain ? exit_status(relay.end()) : 0;
} catch (const inbox::Interrupted& error) {
  log(messages::stopped, {{"reason", error.what()}});
  return drain ? exit_unavailable : 0;
}

}  // namespace vodeventd
