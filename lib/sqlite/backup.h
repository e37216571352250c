// Backup: copies a database as it is at one moment, beside whoever writes it, into a database of
// its own.
//
// One read transaction on the source lasts from the beginning to the end, so that the copy never
// has to begin anew, however much is written meanwhile.  As long as it lasts the source's
// write-ahead log can't be taken in, and grows.
//
// Throws std::system_error.  What was copied until then is no database.
#pragma once

#include "base/owned.h"
#include "sqlite/database.h"
#include "sqlite/transaction.h"

#include <cstdint>
#include <string>

namespace sqlite {

class Backup {
 public:
  // `source` must outlive it and be in no transaction.  `target`: an empty file.
  Backup(Database& source, const std::string& target);

  // Copies so many pages; gives whether more are left.
  bool step(int pages);
  [[nodiscard]] std::int64_t pages() const;
  [[nodiscard]] std::int64_t pages_left() const;

  // After the last step: makes it one file without a log beside it, which is on the disk, and gives
  // what SQLite has to complain of it: nothing, or a line.
  std::string finish();

 private:
  Database target_;
  Reading reading_;
  base::Owned<sqlite3_backup, sqlite3_backup_finish> copying_;
};

}  // namespace sqlite
