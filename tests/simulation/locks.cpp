#include "simulation/locks.h"

#include <sqlite3.h>

#include <algorithm>

namespace simulation {
namespace {

// Above the levels that SQLite asks for by name.
constexpr int pending = SQLITE_LOCK_PENDING;

}  // namespace

int Locks::highest_but(Owner owner) const {
  int highest = SQLITE_LOCK_NONE;
  for (const auto& [other, level] : levels_)
    if (other != owner) highest = std::max(highest, level);
  return highest;
}

int Locks::lock(Owner owner, int level) {
  int& held = levels_[owner];
  if (held >= level) return SQLITE_OK;
  const int others = highest_but(owner);
  if (others >= (level == SQLITE_LOCK_SHARED ? pending : SQLITE_LOCK_RESERVED)) return SQLITE_BUSY;
  if (level == SQLITE_LOCK_EXCLUSIVE && others >= SQLITE_LOCK_SHARED) {
    held = pending;
    return SQLITE_BUSY;
  }
  held = level;
  return SQLITE_OK;
}

void Locks::unlock(Owner owner, int level) {
  const auto held = levels_.find(owner);
  if (held == levels_.end()) return;
  held->second = std::min(held->second, level);
  if (held->second == SQLITE_LOCK_NONE) levels_.erase(held);
}

bool Locks::reserved() const { return highest_but(nullptr) >= SQLITE_LOCK_RESERVED; }

int WalIndex::map(std::size_t region, std::size_t bytes, bool make, void volatile** memory) {
  *memory = nullptr;
  if (region >= regions_.size() && !make) return SQLITE_OK;
  while (regions_.size() <= region) regions_.push_back(std::make_unique<std::byte[]>(bytes));
  *memory = regions_[region].get();
  return SQLITE_OK;
}

int WalIndex::lock(Owner owner, int first, int count, int flags) {
  const unsigned wanted = ((1U << count) - 1U) << first;
  Held& mine = users_[owner];
  if (flags & SQLITE_SHM_UNLOCK) {
    mine.shared &= ~wanted;
    mine.exclusive &= ~wanted;
    return SQLITE_OK;
  }
  const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  for (const auto& [other, held] : users_) {
    const unsigned against = exclusive ? held.shared | held.exclusive : held.exclusive;
    if (other != owner && (against & wanted)) return SQLITE_BUSY;
  }
  (exclusive ? mine.exclusive : mine.shared) |= wanted;
  return SQLITE_OK;
}

void WalIndex::leave(Owner owner) {
  users_.erase(owner);
  if (users_.empty()) regions_.clear();
}

}  // namespace simulation
