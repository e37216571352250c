// Retention: which rows may go, oldest first, and the pages that they leave.
//
//  1. An event goes as a whole: its first delivery and all that are linked to it, at once.
//  2. What is not confirmed stays: every delivery must be confirmed, or superseded by one that is.
//     Of quarantine goes what is confirmed, or has no handle and never can be; by age only.  What
//     was pushed or imported counts as confirmed.
//  3. What still has a confirm before it stays, were it the second one.
//  4. Old is what did not come again since: the youngest delivery counts, by this machine's clock.
//
// It walks by id from where it was the last time, so that rows that may not go are not looked at
// again and again.  A late confirm takes it back to its event; begin_again() to the start, since by
// age the others may go some day.  No call looks at many more than rows_max rows, unless a single
// event has more.  Free pages are given back a few at a time, whoever freed them; a sixteenth of
// the file is kept for what comes.
//
// No transactions of its own.  Throws std::system_error.
#pragma once

#include "base/clock.h"
#include "sqlite/database.h"
#include "sqlite/statement.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace inbox {

// What is kept; 0: without a bound.
struct Bounds {
  std::chrono::milliseconds age{0};
  std::int64_t rows = 0;   // of events
  std::int64_t bytes = 0;  // in pages that are not free
};

class Retention {
 public:
  static constexpr std::int64_t rows_max = 64;    // looked at in a step
  static constexpr std::int64_t pages_max = 128;  // given back in a step
  static constexpr std::int64_t spare_pages_min = 256;

  explicit Retention(sqlite::Database& database);

  void keep(const Bounds& bounds);
  void begin_again() { event_ = quarantined_ = 0; }
  void go_back_to(std::int64_t event) { event_ = std::min(event_, event - 1); }

  // What is to be done next.
  struct Step {
    std::vector<std::int64_t> events;  // of each the row that stands for it
    std::vector<std::int64_t> quarantined;
    std::int64_t pages = 0;  // to give back
    bool more = false;       // there may be more after this
    [[nodiscard]] bool writes() const {
      return !events.empty() || !quarantined.empty() || pages > 0;
    }
  };

  // Only reads.  `awaited`: handles that have a confirm before them, sorted.
  Step next(base::Utc now, std::span<const std::string_view> awaited);

  // How many rows went.  Within the caller's transaction.
  struct Gone {
    std::int64_t events = 0, quarantined = 0;
  };
  Gone run(const Step& step);

 private:
  using Handles = std::span<const std::string_view>;

  // Times as text, as the rows hold them.
  struct Limit {
    std::string old;  // what came before this is too old; empty: nothing is
    std::string now;
    // Nor is anything that came after it.
    [[nodiscard]] bool ends_at(std::string_view received_at) const {
      return received_at >= old && received_at <= now;
    }
  };

  struct Chain {
    std::int64_t rows = 0;
    bool confirmed = false;  // as a whole
    bool awaited = false;
    std::string youngest;
  };

  [[nodiscard]] Limit limit(base::Utc now) const;
  std::int64_t excess_rows();
  bool excess_bytes();
  Chain chain_of(std::int64_t root, Handles awaited);
  bool is_later(std::int64_t id, std::int64_t root);
  void find_events(Step& step, const Limit& limit, Handles awaited);
  void find_quarantined(Step& step, const Limit& limit, Handles awaited);
  void find_pages(Step& step);

  sqlite::Database& database_;
  const bool shrinks_;
  const std::int64_t page_bytes_;
  Bounds bounds_;
  std::int64_t event_ = 0;        // the walk has come to this row
  std::int64_t quarantined_ = 0;  // the same
  sqlite::Statement row_count_, pages_, free_pages_;
  sqlite::Statement events_, chain_, earlier_, quarantine_, delete_event_, delete_quarantined_;
};

}  // namespace inbox
