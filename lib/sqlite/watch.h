// Watch: beats now and then while statements of a connection run, so that who waits for a long one
// can show that it lives, or end it.  Some of SQLite's work goes without a beat, such as the last
// part of VACUUM and checkpoints.  For its scope; one at a time on a connection.
#pragma once

#include "sqlite/database.h"

#include <chrono>
#include <functional>

namespace sqlite {

class Watch {
 public:
  // Gives whether to go on; else the statement ends with SQLITE_INTERRUPT.  Must not throw: it is
  // called through SQLite.
  using Beat = std::function<bool()>;

  // `pace`: the least time between two beats.
  Watch(Database& database, std::chrono::milliseconds pace, Beat beat);
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch();

 private:
  static int looked_at(void* self) noexcept;

  sqlite3* connection_;
  std::chrono::milliseconds pace_;
  Beat beat_;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace sqlite
