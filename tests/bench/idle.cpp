// What a daemon costs while nothing happens, and what a drain of many events leaves behind.
#include "bench/relay_point.h"
#include "bench/setup.h"
#include "bench/table.h"
#include "bench/tables.h"
#include "sqlite/database.h"

#include <signal.h>

#include <cstdint>
#include <fstream>
#include <stdexcept>

namespace bench {
namespace {

using namespace std::chrono_literals;

struct Memory {
  double resident_mib = 0, private_mib = 0;
};

Memory memory_of(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/smaps_rollup");
  Memory memory;
  std::string name;
  std::getline(file, name);  // the range of addresses
  double kib = 0;
  for (std::string unit; file >> name >> kib >> unit;) {
    if (name == "Rss:") memory.resident_mib = kib / 1024;
    if (name == "Private_Clean:" || name == "Private_Dirty:") memory.private_mib += kib / 1024;
  }
  return memory;
}

// While nothing is queued; figures of an hour.
void rest(const std::string& when, RelayPoint& point, pid_t daemon, std::chrono::seconds time,
          Table& table) {
  progress(when + ": idle for " + std::to_string(time.count()) + " s");
  const double cpu_before = cpu_s(daemon);
  const std::uint64_t bytes_before = point.bytes_sent();
  point.work(time, [] { return false; });
  const double hours = static_cast<double>(time.count()) / 3600;
  const double used = cpu_s(daemon) - cpu_before;
  const Memory memory = memory_of(daemon);
  table.row({when, fixed(used / hours, 2),
             fixed(used / static_cast<double>(time.count()) * 100, 4) + " %",
             fixed(static_cast<double>(point.bytes_sent() - bytes_before) / hours / 1024, 0),
             fixed(memory.resident_mib, 1), fixed(memory.private_mib, 1)});
}

// Queues of `part` events, one after the other, so that vodsim stays small; gives the daemon's
// largest memory.
Memory drain(Setup& setup, RelayPoint& point, pid_t daemon, std::int64_t events,
             std::int64_t part) {
  Memory most;
  for (std::int64_t done = 0; done < events; done += part) {
    progress("draining: " + grouped(done) + " of " + grouped(events) + " events are confirmed");
    setup.simulate({"--generate", std::to_string(part), "--event-bytes", "1024", "--seed",
                    std::to_string(done + 7), "--exit-when-drained"});
    point.lead_to(setup.url);
    const bool drained = point.work(std::chrono::seconds(300), [&] {
      const Memory memory = memory_of(daemon);
      if (memory.private_mib > most.private_mib) most = memory;
      return !setup.simulator->running();
    });
    if (!drained) throw std::runtime_error("the daemon did not drain the queue in time");
  }
  return most;
}

void lead_to_nothing(Setup& setup, RelayPoint& point) {
  setup.simulate({});
  point.lead_to(setup.url);
}

}  // namespace

void idle(const Extent& extent) {
  const std::int64_t events = extent.quick ? 50'000 : 1'000'000;
  const auto time = extent.quick ? 30s : 60s;
  Setup setup;
  RelayPoint point;
  lead_to_nothing(setup, point);
  support::Process daemon = setup.daemon("run", point.url());
  point.work(10s, [] { return false; });  // started, and in a long poll
  Table table("Idle, one long poll after the other",
              {"when", "CPU s/hour", "of a core", "KiB sent/hour", "resident MiB", "private MiB"});
  rest("after the start", point, daemon.pid(), time, table);
  const Memory most = drain(setup, point, daemon.pid(), events, events / 10);
  lead_to_nothing(setup, point);
  point.work(130s, [] { return false; });  // a daemon gives memory back in the second minute
  rest("after " + grouped(events) + " events", point, daemon.pid(), time, table);
  setup.expect_events(events);
  table.note("Figures of an hour are drawn from " + std::to_string(time.count()) +
             " s; bytes are those of HTTP without TLS and TCP.");
  table.note("While it drained it had at most " + fixed(most.resident_mib, 1) + " MiB resident, " +
             fixed(most.private_mib, 1) + " MiB private.");
  table.print();
  daemon.signal(SIGTERM);
  point.work(15s, [&] { return !daemon.running(); });
}

}  // namespace bench
