// Settled: what becomes of a delivery that awaits no confirm, since it was pushed or imported (the
// last two tables of inbox.h).  Its row is settled from the start: confirmed_at = stored_at.
//
// Writes within the caller's transaction.  Throws std::system_error.
#pragma once

#include "inbox/arrival.h"
#include "inbox/tables.h"
#include "sqlite/database.h"
#include "sqlite/statement.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace inbox {

class Settled {
 public:
  // The service sends a callback up to three times, with 5 s for each answer; what lies between it
  // and us may repeat it later.
  static constexpr std::chrono::minutes sent_again_within{10};

  Settled(sqlite::Database& database, std::optional<std::uint64_t> sub_app_id, Tables& tables);

  // Events that could be read.  `now`: ISO 8601.
  Outcome save_pushed(const Arrival& arrival, const std::string& now);
  Outcome save_imported(const Arrival& arrival, const std::string& now);

 private:
  struct Row {
    std::int64_t id;
    std::string handle;
  };

  std::optional<Row> pushed_lately(const Arrival& arrival);
  std::optional<std::int64_t> first_of_this_content(const Arrival& arrival);
  void insert(const Arrival& arrival, const std::string& key, std::optional<std::int64_t> first,
              const std::string& now);

  std::optional<std::uint64_t> sub_app_id_;
  Tables& tables_;
  sqlite::Statement pushed_lately_, by_content_, insert_event_;
};

}  // namespace inbox
