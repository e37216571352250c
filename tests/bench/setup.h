// Setup: a folder with a configuration and a database, vodsim, and the built programs that drain
// it. All of it goes with the object.  Throws std::runtime_error when a program does not do its
// part.
#pragma once

#include "support/process.h"
#include "support/temp_folder.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace bench {

using Arguments = std::vector<std::string>;

inline const std::string secret_id = "bench-id";
inline const std::string secret_key = "bench-key";

// user + sys, in seconds.
double cpu_s(const rusage& usage);

// The CPU time that a running process has used so far, in seconds.
double cpu_s(pid_t process);

struct Setup {
  support::TempFolder folder;
  std::string database = folder / "events.db";
  std::string ledger = folder / "ledger.json";
  std::string url;
  std::unique_ptr<support::Process> simulator;

  // Starts vodsim with these options beside the credential; it ends by itself after an hour.
  void simulate(const Arguments& more);

  // Ends vodsim, which writes its ledger.
  void end_simulation();

  // A daemon that pulls from `endpoint`; its log goes to a file in the folder.
  support::Process daemon(const std::string& verb, const std::string& endpoint,
                          const Arguments& environment = {});
  support::Process daemon(const std::string& verb) { return daemon(verb, url); }

  // Waits until it has ended well.
  static void await_end(support::Process& process, std::chrono::seconds patience,
                        const std::string& name);

  [[nodiscard]] std::int64_t number(const std::string& query) const;

  // Throws unless the database holds so many events.
  void expect_events(std::int64_t events) const;
};

// What the ledger tells of each event, in seconds of the machine's clock since it was started.
struct Journey {
  std::string handle;
  double arrived_s = 0, pulled_s = 0, confirmed_s = 0;
};

// A total of the ledger, such as "throttled".
std::int64_t ledger_total(const std::string& path, const std::string& name);

// Of the events that are confirmed.
std::vector<Journey> read_ledger(const std::string& path);

}  // namespace bench
