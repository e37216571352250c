// Pulled: what becomes of a delivery that PullEvents brought (the first table of inbox.h).
//
// Every event takes this way, so it runs no statement that it could do without.  Writes within the
// caller's transaction.  Throws std::system_error.
#pragma once

#include "inbox/arrival.h"
#include "inbox/attempts.h"
#include "inbox/tables.h"
#include "sqlite/database.h"
#include "sqlite/statement.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace inbox {

class Pulled {
 public:
  // The service drops an event after four days: what is older does not come again.
  static constexpr std::chrono::days twin_age_max{4};

  // A lease takes 30 s: equal content that comes sooner may be a redelivery all the same (the time
  // of receipt is ours, not the service's), but that is not certain.
  static constexpr std::chrono::seconds twin_age_min{25};

  Pulled(sqlite::Database& database, std::optional<std::uint64_t> sub_app_id, Tables& tables,
         const Attempts& attempts);

  // An event that could be read.  `now`: ISO 8601.
  Outcome save(const Arrival& arrival, const std::string& now);

 private:
  struct Twin {
    std::int64_t id;
    std::int64_t root;  // the event's first delivery
    bool certain;       // its lease is over and no confirm of it can have succeeded
  };

  std::optional<Twin> find_twin(const Arrival& arrival);
  Outcome insert(const Arrival& arrival, const std::string& now);

  std::optional<std::uint64_t> sub_app_id_;
  Tables& tables_;
  const Attempts& attempts_;
  sqlite::Statement live_twin_, insert_event_, supersede_;
};

}  // namespace inbox
