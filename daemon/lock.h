// One process for each database: a lock on <database>.lock, which the kernel gives back however the
// process ends.  A file of its own, since closing any descriptor of the database would drop
// SQLite's own locks on it.
#pragma once

#include <optional>
#include <string>

namespace vodeventd {

struct Holder {
  int pid = 0;
  std::string program;  // as the kernel names it
};

class Lock {
 public:
  // Empty when another process holds it.  Throws std::system_error when the file can't be made.
  static std::optional<Lock> take(const std::string& database);

  // Who holds it, without touching it; empty when nobody does, or one in another container.
  static std::optional<Holder> holder(const std::string& database);

  Lock(Lock&& other) noexcept;
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  Lock& operator=(Lock&&) = delete;
  ~Lock();

 private:
  explicit Lock(int file) : file_(file) {}
  int file_;
};

}  // namespace vodeventd
