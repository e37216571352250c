#include "sqlite/watch.h"

#include <utility>

namespace sqlite {
namespace {

// Steps of SQLite's machine between two looks at the clock: less than a millisecond's.
constexpr int steps = 10'000;

}  // namespace

Watch::Watch(Database& database, std::chrono::milliseconds pace, Beat beat)
    : connection_(database.handle()),
      pace_(pace),
      beat_(std::move(beat)),
      next_(std::chrono::steady_clock::now() + pace) {
  sqlite3_progress_handler(connection_, steps, looked_at, this);
}

Watch::~Watch() { sqlite3_progress_handler(connection_, 0, nullptr, nullptr); }

int Watch::looked_at(void* self) noexcept {
  auto& watch = *static_cast<Watch*>(self);
  const auto now = std::chrono::steady_clock::now();
  if (now < watch.next_) return 0;
  watch.next_ = now + watch.pace_;
  return watch.beat_() ? 0 : 1;
}

}  // namespace sqlite
