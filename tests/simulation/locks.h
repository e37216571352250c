// What the connections of one process share of a file besides its bytes: locks, and in WAL mode the
// index of the log in memory.  All functions give SQLite's result codes.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <vector>

namespace simulation {

using Owner = const void*;  // one open file of a connection

// SQLite's levels of a file lock: many SHARED, one RESERVED beside them, and an EXCLUSIVE one that
// through PENDING keeps new readers out while it waits for those that are there.
class Locks {
 public:
  int lock(Owner owner, int level);
  void unlock(Owner owner, int level);
  [[nodiscard]] bool reserved() const;

 private:
  [[nodiscard]] int highest_but(Owner owner) const;

  std::map<Owner, int> levels_;
};

// The WAL index.  It is gone when the last one leaves; who comes next recovers it from the log.
class WalIndex {
 public:
  // Gives a null pointer for a region that is not there and shall not be made.
  int map(std::size_t region, std::size_t bytes, bool make, void volatile** memory);
  int lock(Owner owner, int first, int count, int flags);
  void leave(Owner owner);
  void enter(Owner owner) { users_.try_emplace(owner); }

 private:
  struct Held {
    unsigned shared = 0;  // one bit for each lock
    unsigned exclusive = 0;
  };

  std::vector<std::unique_ptr<std::byte[]>> regions_;
  std::map<Owner, Held> users_;
};

}  // namespace simulation
