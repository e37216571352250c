// Checker: holds the database against what the service knows, and says which promise is broken.
//
//   1. Every handle whose confirm took effect has a row in events or in quarantine; at the moment
//      of the confirm already, and were the power cut then.
//   2. Nothing is on record as confirmed that the service has not confirmed.
//   3. pulled = stored + redelivered + relinked + quarantined + conflicts + abandoned + held.
//   4. The deliveries of one event have one root, and a certain redelivery is of the same event.
//   5. A row holds the bytes that the service sent under its handle; proper events stand in events.
//   6. When all faults have ended, what can be confirmed is confirmed within drain_max.
//   7. Memory stays within bounds.
//   8. The file itself is sound.
//   9. Retention deletes what is confirmed alone: of the handles that 1. asks for no more are
//   missing
//      than rows were deleted, and what was there at one look is at the next, unless it, or what
//      may be the same event, was confirmed.
//
// Where two events are equal but for their handles (lib/inbox/inbox.h says how they are told
// apart): a confirm of one counts for 2. as one of both; in 4. the later may be taken for a certain
// redelivery of the earlier, unless that had been confirmed before the later was handed out. Events
// that share a handle are confirmed together by the service, whether or not both have been pulled:
// 1. asks for the handle alone.
#pragma once

#include "inbox/audit.h"
#include "relay/relay.h"
#include "simulation/disk.h"
#include "simulation/events.h"
#include "simulation/service.h"
#include "simulation/trace.h"
#include "sqlite/database.h"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace simulation {

class Checker {
 public:
  static constexpr auto drain_max = std::chrono::minutes(10);

  Checker(const std::vector<Element>& elements, Service& service, Disk& disk, Trace& trace);

  // 1, 2, 4, 5 and the cheap part of the audit, of a database that nobody writes to at this moment.
  void check(sqlite::Database& database);

  // 1 on what a power cut now would leave of the database `path`.
  void check_durable(const std::string& path, Service::Handles confirmed);

  void check_counters(relay::Relay& relay);  // 3
  void check_end(const std::string& path);   // 1, 2, 4, 5, 8 and the whole audit

 private:
  struct Row {
    std::int64_t id;
    std::int64_t root;
    std::string handle;
    bool certain;  // known to be a redelivery of its root
    bool confirmed;
    std::size_t event;
  };

  void learn();
  std::vector<Row> read_rows(sqlite::Database& database);
  void check_quarantine(sqlite::Database& database);
  void check_settled(sqlite::Database& database);
  void check_kept(const std::vector<Row>& rows);
  void check_confirmed(const std::vector<Row>& rows);
  void check_roots(const std::vector<Row>& rows);
  void report(const std::vector<inbox::Finding>& findings);
  void check_link(const Row& row, const Row& root);
  std::optional<std::size_t> event_of(std::string_view handle, std::string_view json) const;
  std::size_t delivery(const Row& row) const;

  const std::vector<Element>& elements_;
  Service& service_;
  Disk& disk_;
  Trace& trace_;
  std::unordered_map<std::string_view, std::vector<std::size_t>> twins_;  // by content
  std::unordered_set<std::string> nameless_;                              // their bytes
  // What the service has handed out and confirmed so far.
  std::unordered_multimap<std::string_view, std::size_t> by_handle_;
  std::vector<std::size_t> known_handles_;
  std::unordered_set<std::string_view> settled_;
  std::size_t known_settled_ = 0;
  std::unordered_map<std::string, std::size_t> kept_;  // handles of the last look, with their event
  std::unordered_set<std::string> found_;  // the handles in the database, of the check under way
};

}  // namespace simulation
