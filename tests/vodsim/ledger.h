// Ledger: what happened so far, as JSON; the account that a test balances with the client's
// database.
//
//   {"totals":{"events":4,…},"events":[{"index":0,"name":"…","event_type":"…","handles":["…"],
//    "pulls":1,"confirmed":true,"arrived_us":…,"pulled_us":…,"confirmed_us":…},…]}
//
// Times are those of CLOCK_BOOTTIME: when the event began to wait, was first delivered, and its
// confirm accepted; left out while that has not happened.
#pragma once

#include "vodsim/queue.h"

#include <cstdint>
#include <string>

namespace vodsim {

// What is counted outside of the queue.
struct Traffic {
  std::uint64_t requests = 0;  // to the API, whatever came of them
  std::uint64_t pulls = 0, pulls_empty = 0;
  std::uint64_t confirms = 0;
  std::uint64_t throttled = 0;
  std::uint64_t failures = 0;       // of the API, on purpose
  std::uint64_t auth_failures = 0;  // signature, key, token, clock
  std::uint64_t hang_ups = 0;       // replies lost on purpose
  std::uint64_t faults = 0;         // requests that met one of --fault
  std::uint64_t witness_violations = 0;
  std::uint64_t new_connections = 0;
};

std::string totals_json(const Counts& counts, const Traffic& traffic);
std::string ledger_json(const Queue& queue, const Counts& counts, const Traffic& traffic);

// The line printed at the end: `events=4 coming=0 …`.
std::string summary(const Counts& counts, const Traffic& traffic);

// Replaces the file as a whole, so that a reader never sees half of it.  Throws std::system_error.
void write_file(const std::string& path, const std::string& text);

}  // namespace vodsim
