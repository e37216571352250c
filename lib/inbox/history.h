// History: what did not go the straight way, told handle by handle: further deliveries, and
// confirms that failed.  Of each handle the first hundred steps are kept.
//
// Writes within the caller's transaction; rows go with their events, by trigger.
#pragma once

#include "sqlite/database.h"
#include "sqlite/statement.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace inbox {

class History {
 public:
  static constexpr std::int64_t steps_max = 100;  // of a handle

  explicit History(sqlite::Database& database);

  // `at`: ISO 8601.  `code`: of a confirm that failed.
  void tell(std::string_view handle, std::string_view at, std::string_view what,
            std::optional<std::string_view> code, std::string_view request_id);

 private:
  sqlite::Statement tell_;
};

}  // namespace inbox
