// Tables: looks for the rows of a delivery, and writes what every kind of delivery writes alike.
//
// Writes within the caller's transaction.  Throws std::system_error.
#pragma once

#include "inbox/arrival.h"
#include "inbox/history.h"
#include "sqlite/database.h"
#include "sqlite/statement.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace inbox {

class Tables {
 public:
  Tables(sqlite::Database& database, std::optional<std::uint64_t> sub_app_id, History& history);

  // The event that has this handle.
  struct Found {
    std::int64_t id;
    bool same_content;
  };
  std::optional<Found> find(std::string_view handle, std::string_view fingerprint);

  // The JSON of the event whose row was inserted last; gives that row's id.
  std::int64_t add_payload(const Arrival& arrival);

  // The event of this row came once more, now by `arrival`.
  void count_again(std::int64_t id, std::string_view handle, const Arrival& arrival);

  // Gives `outcome`; when it stands there already redelivered, or known where it is imported.
  // `now`: ISO 8601, as below.
  Outcome quarantine(const Arrival& arrival, std::string_view reason, Outcome outcome,
                     const std::string& now);

  // The handle is that of a stored event, the content is not.
  Outcome quarantine_conflict(const Arrival& arrival, const std::string& now);

 private:
  sqlite::Database& database_;
  std::optional<std::uint64_t> sub_app_id_;
  History& history_;
  sqlite::Statement by_handle_, insert_payload_, count_pull_;
  sqlite::Statement by_fingerprint_in_quarantine_, insert_quarantine_, count_quarantine_;
};

}  // namespace inbox
