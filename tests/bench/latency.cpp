// Latency: from an event's arrival in the queue to its durable row, and to its confirm at the
// service.  Arrival and confirm are vodsim's own times; the row is seen by a reader that looks for
// new commits every 200 us, which SQLite shows only after their fsync.  All on one clock.
#include "base/clock.h"
#include "bench/figures.h"
#include "bench/machine.h"
#include "bench/setup.h"
#include "bench/table.h"
#include "bench/tables.h"
#include "sqlite/database.h"
#include "sqlite/statement.h"
#include "support/receiver.h"

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <thread>
#include <unordered_map>

namespace bench {
namespace {

using namespace std::chrono_literals;
using Seen = std::unordered_map<std::string, double>;  // handle -> seconds on the machine's clock

// What arrives in this time finds a daemon that is still starting or catching up.
constexpr double warm_up_s = 5;

double now_s() {
  base::SystemClock clock;
  return std::chrono::duration<double>(clock.now().time_since_epoch()).count();
}

// Looks on until so many rows are there.
Seen watch_rows(const std::string& path, std::size_t rows, std::chrono::seconds patience) {
  sqlite::Database reader(path, sqlite::Database::Mode::read_only);
  reader.busy_timeout_ms(1000);
  sqlite::Statement version(reader, "PRAGMA data_version");
  sqlite::Statement news(reader, "SELECT id, event_handle FROM events WHERE id > ?1");
  const auto until = std::chrono::steady_clock::now() + patience;
  Seen seen;
  std::int64_t last = 0, version_seen = -1;
  while (seen.size() < rows) {
    if (std::chrono::steady_clock::now() > until)
      throw std::runtime_error("events were not stored in time");
    const double at = now_s();
    sqlite::Rows changed = version.query();
    if (changed.next() && changed.integer(0) == version_seen) {
      std::this_thread::sleep_for(200us);
      continue;
    }
    version_seen = changed.integer(0);
    for (sqlite::Rows found = news.query(last); found.next();) {
      last = found.integer(0);
      seen.emplace(found.text(1), at);
    }
  }
  return seen;
}

struct Case {
  std::string name;
  double per_s;
  int rtt_ms;
  int seconds;
};

struct Delays {
  std::vector<double> row_ms, confirm_ms;
};

Delays delays_of(const std::vector<Journey>& journeys, const Seen& seen) {
  Delays delays;
  double begin = journeys.front().arrived_s;
  for (const Journey& journey : journeys) begin = std::min(begin, journey.arrived_s);
  for (const Journey& journey : journeys) {
    if (journey.arrived_s < begin + warm_up_s) continue;
    delays.row_ms.push_back((seen.at(journey.handle) - journey.arrived_s) * 1000);
    delays.confirm_ms.push_back((journey.confirmed_s - journey.arrived_s) * 1000);
  }
  return delays;
}

Delays measure(const Case& with) {
  const auto events = static_cast<std::size_t>(with.per_s * (with.seconds + warm_up_s));
  Setup setup;
  setup.simulate({"--generate", std::to_string(events), "--arrive", fixed(with.per_s, 0) + "/s",
                  "--arrive-at-random", "--rtt-ms", std::to_string(with.rtt_ms),
                  "--exit-when-drained"});
  support::Receiver manager(setup.folder / "notify");
  support::Process daemon = setup.daemon("run", setup.url, {"NOTIFY_SOCKET=" + manager.path()});
  if (!manager.next(20s)) throw std::runtime_error("the daemon does not start");
  const Seen seen = watch_rows(setup.database, events, std::chrono::seconds(2 * with.seconds + 60));
  Setup::await_end(*setup.simulator, 60s, "vodsim");
  return delays_of(read_ledger(setup.ledger), seen);
}

void add(Table& table, const Case& with, const std::string& to, const std::vector<double>& ms) {
  table.row({with.name, std::to_string(with.rtt_ms) + " ms", to,
             grouped(static_cast<std::int64_t>(ms.size())), fixed(percentile(ms, 0.5), 2),
             fixed(percentile(ms, 0.99), 2), fixed(percentile(ms, 0.999), 2)});
}

}  // namespace

void latency(const Extent& extent) {
  const int seconds = extent.quick ? 15 : 60;
  Table table("Latency from an event's arrival in the queue, in ms",
              {"arrivals", "round trip", "to", "events", "p50", "p99", "p99.9"});
  const support::TempFolder folder;
  const double sync_ms = fsync_ms(folder.path());
  for (const double per_s : {5.0, 800.0})
    for (const int rtt_ms : {0, 50}) {
      const Case with{fixed(per_s, 0) + "/s at random", per_s, rtt_ms, seconds};
      progress(with.name + ", " + std::to_string(rtt_ms) + " ms: " + std::to_string(seconds) +
               " s");
      const Delays delays = measure(with);
      add(table, with, "row", delays.row_ms);
      add(table, with, "confirm", delays.confirm_ms);
    }
  table.note(
      "Row: seen by a reader of the database, to 0.2 ms.  Confirm: at the service.  One fsync"
      " took " +
      fixed(sync_ms, 2) + " ms.");
  table.note("The first " + fixed(warm_up_s, 0) + " s are left out.");
  table.print();
}

}  // namespace bench
