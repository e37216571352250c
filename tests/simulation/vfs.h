// Vfs: makes a drive SQLite's default file system while it lives.  One at a time; all connections
// must be closed when it goes.
#pragma once

#include "simulation/drive.h"
#include "simulation/random.h"

#include <sqlite3.h>

#include <cstdint>
#include <functional>

namespace simulation {

class Vfs {
 public:
  Vfs(Drive& drive, std::uint64_t seed, std::function<std::int64_t()> now_ms);
  Vfs(const Vfs&) = delete;
  Vfs& operator=(const Vfs&) = delete;
  ~Vfs();

  // For the functions that SQLite calls.
  [[nodiscard]] Drive& drive() { return drive_; }
  [[nodiscard]] Random& random() { return random_; }
  [[nodiscard]] std::int64_t now_ms() const { return now_ms_(); }

 private:
  Drive& drive_;
  Random random_;  // what SQLite draws must not change what happens to the disk
  std::function<std::int64_t()> now_ms_;
  sqlite3_vfs registered_{};
};

}  // namespace simulation
