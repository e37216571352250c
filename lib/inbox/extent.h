// How much there is: the database's files, what is free around them, and what awaits its confirm.
#pragma once

#include "base/clock.h"
#include "sqlite/database.h"

#include <cstddef>
#include <cstdint>

namespace inbox {

struct Extent {
  std::size_t database_bytes = 0;
  std::size_t wal_bytes = 0;
  std::size_t free_bytes = 0;         // of the file system, for others than root
  std::size_t file_system_bytes = 0;  // in all
  std::int64_t unconfirmed = 0;       // as the view of that name has it, at most 20,000
};

// Takes some milliseconds at most.  `now` bounds the age of what counts as unconfirmed.  Throws
// std::system_error when the database can't be read.
Extent extent_of(sqlite::Database& database, base::Utc now);

}  // namespace inbox
