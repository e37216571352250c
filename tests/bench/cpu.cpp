// CPU per event: the daemon draining a full queue, a program that does the least that can be done,
// and the program that people write with the vendor's SDK.  They take turns, so that a slow minute
// of the machine hits all of them.
//
// Who rests between two requests, as the service's limit demands, finds cold caches each time.  So
// the floor runs at the daemon's pace, to be compared with, and as fast as it can, to be known.
#include "bench/figures.h"
#include "bench/setup.h"
#include "bench/table.h"
#include "bench/tables.h"

#include <cstdint>
#include <functional>

namespace bench {
namespace {

using namespace std::chrono_literals;

struct Load {
  std::string name;
  std::int64_t events;
  int bytes;
};

struct Contestant {
  std::string name;
  std::function<support::Process(Setup&)> start;
  std::vector<double> us_per_event;
  std::vector<double> peak_mib;
};

// Where the SDK is, or why it is not.
struct Sdk {
  std::string folder;
  std::string missing;
};

Sdk install_sdk() {
  const std::string folder = BINARIES "/../bench-sdk";
  progress("the vendor's SDK: looking for it in the build folder, else asking npm (minutes)");
  support::Process script({"sh", SOURCE "/tests/bench/sdk.sh", folder});
  const auto status = script.wait(600s);
  if (status == 0) return {folder, {}};
  const std::string& said = script.out();
  const std::size_t end = said.find_last_not_of('\n');
  return {{}, status ? said.substr(0, end + 1) : "npm took too long"};
}

std::vector<Contestant> contestants(const Sdk& sdk) {
  const auto floor = [](const Arguments& pace) {
    return [pace](Setup& setup) {
      Arguments command = {BINARIES "/bench-floor", setup.url, secret_id, secret_key,
                           setup.database};
      command.insert(command.end(), pace.begin(), pace.end());
      return support::Process(command);
    };
  };
  std::vector<Contestant> all;
  all.push_back({"floor, at the same pace", floor({"97"}), {}, {}});
  all.push_back({"floor, unpaced", floor({}), {}, {}});
  all.push_back({"vodeventd drain", [](Setup& setup) { return setup.daemon("drain"); }, {}, {}});
  if (sdk.folder.empty()) return all;
  all.push_back({"Node, vendor's SDK",
                 [sdk](Setup& setup) {
                   return support::Process(support::Process::Command{
                       .arguments = {"node", SOURCE "/tests/bench/sdk.js", setup.url, secret_id,
                                     secret_key, setup.database},
                       .environment = {"NODE_PATH=" + sdk.folder + "/node_modules"},
                       .out_file = {},
                       .err_file = {},
                       .folder = {}});
                 },
                 {},
                 {}});
  return all;
}

void drain(Contestant& contestant, const Load& load) {
  Setup setup;
  setup.simulate({"--generate", std::to_string(load.events), "--event-bytes",
                  std::to_string(load.bytes), "--rate", "0", "--hold-s", "1"});
  support::Process process = contestant.start(setup);
  Setup::await_end(process, 180s, contestant.name);
  setup.expect_events(load.events);
  contestant.us_per_event.push_back(cpu_s(process.usage()) * 1e6 /
                                    static_cast<double>(load.events));
  contestant.peak_mib.push_back(static_cast<double>(process.usage().ru_maxrss) / 1024);
}

void measure(const Load& load, int rounds, const Sdk& sdk, Table& table) {
  std::vector<Contestant> all = contestants(sdk);
  for (int round = 1; round <= rounds; ++round)
    for (Contestant& contestant : all) {
      progress(load.name + " events, round " + std::to_string(round) + " of " +
               std::to_string(rounds) + ": " + contestant.name);
      drain(contestant, load);
    }
  const double floor = median(all.front().us_per_event);
  for (const Contestant& contestant : all) {
    const auto& us = contestant.us_per_event;
    table.row({contestant.name, load.name, grouped(load.events), fixed(median(us), 1),
               fixed(percentile(us, 0), 1) + " - " + fixed(percentile(us, 1), 1),
               fixed(median(us) / floor, 2), fixed(median(contestant.peak_mib), 1)});
  }
}

}  // namespace

void cpu(const Extent& extent) {
  const Sdk sdk = install_sdk();
  Table table("CPU per event, user and system time of the process alone",
              {"program", "events", "number", "us/event", "range", "x floor", "peak MiB"});
  const int rounds = extent.quick ? 3 : 5;
  measure({"1 KB", 20'000, 1024}, rounds, sdk, table);
  measure({"20 KB", 3'000, 20 * 1024}, rounds, sdk, table);
  table.note("Medians of " + std::to_string(rounds) +
             " rounds.  All sync before they confirm.  The daemon and the first floor keep to the"
             " service's 100 pulls/s; what rests between pulls finds cold caches.");
  if (!sdk.missing.empty()) table.note("Node with the vendor's SDK: " + sdk.missing);
  table.print();
}

}  // namespace bench
