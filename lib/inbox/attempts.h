// Attempts: what is known of confirms and not yet on record.
//
//   sent() -> in flight -> done() -> noted -> write(), in a transaction -> committed() -> forgotten
//
// A note that is lost in a crash costs a redelivery at most: see inbox.h, promise 4.
#pragma once

#include "base/clock.h"
#include "inbox/history.h"
#include "sqlite/database.h"
#include "sqlite/statement.h"

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace inbox {

// What came of a ConfirmEvents.
enum class Confirm {
  confirmed,  // the service said so
  unknown,    // it may have been confirmed: no answer, trouble of the service, or a batch refused
              // as a whole
  refused,    // it was not
};

class Attempts {
 public:
  Attempts(sqlite::Database& database, History& history);

  void sent(std::span<const std::string> handles);
  void done(std::span<const std::string> handles, Confirm outcome, std::string_view code,
            std::string_view request_id, base::Utc at);

  [[nodiscard]] bool in_flight(std::string_view handle) const {
    return in_flight_.contains(handle);
  }
  [[nodiscard]] bool empty() const noexcept { return notes_.empty(); }

  // Writes all notes, within the caller's transaction; committed() when that is durable.
  struct Written {
    std::int64_t confirmed = 0;  // rows that became confirmed
    std::int64_t strays = 0;     // handles that were confirmed and have no row
    // Of those rows the event that was delivered first, by its first delivery.
    std::int64_t first_event = std::numeric_limits<std::int64_t>::max();
  };
  Written write();
  void committed() { notes_.clear(); }

 private:
  struct Note {
    std::string handle;
    Confirm outcome;
    std::string code;
    std::string request_id;
    std::string at;
  };
  std::int64_t settle(const Note& note, Written& written);
  std::int64_t run(sqlite::Statement& statement, const auto&... args);
  bool quarantine_holds_any();
  bool known(const std::string& handle);
  void tell(const Note& note, std::string_view what);

  sqlite::Database& database_;
  History& history_;
  sqlite::Statement unconfirmed_, confirm_event_, confirm_chain_, confirm_quarantine_;
  sqlite::Statement confirm_unknown_;
  sqlite::Statement newest_quarantined_, known_;
  std::vector<Note> notes_;
  std::map<std::string, int, std::less<>> in_flight_;
};

}  // namespace inbox
