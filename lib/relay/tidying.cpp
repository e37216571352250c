#include "relay/tidying.h"

#include "relay/messages.h"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <utility>

namespace relay {
namespace {

constexpr auto look_every = std::chrono::hours(1);

// By then rows have their confirm, without which they have to stay.
constexpr auto look_after_rows = std::chrono::seconds(5);
constexpr auto retry_after = std::chrono::minutes(1);

}  // namespace

void Tidying::keep(const inbox::Bounds& bounds) {
  inbox_.keep(bounds);
  by_rows_ = bounds.rows > 0 || bounds.bytes > 0;
  if (!stopped_) due_at_ = clock_.now();
}

// A step's worth of new rows is tidied up after at once, fewer when it has become quiet.
void Tidying::saved(const inbox::SaveResult& result) {
  using inbox::Outcome;
  const std::size_t rows = result.count(Outcome::stored) + result.count(Outcome::relinked);
  if (!by_rows_ || rows == 0 || stopped_) return;
  new_rows_ += rows;
  const base::Instant now = clock_.now();
  const bool many = new_rows_ >= static_cast<std::size_t>(inbox::Retention::rows_max);
  due_at_ = std::min(due_at_, many ? now : now + look_after_rows);
}

void Tidying::turn() try {
  const base::Instant started = clock_.now();
  if (started < due_at_ || relay_.save_due(started)) return;
  if (relay_.store_down()) {
    due_at_ = started + retry_after;
    return;
  }
  const inbox::Inbox::Tidied tidied = inbox_.tidy(relay_.awaiting_confirm());
  pass_.took += clock_.now() - started;
  take(tidied);
} catch (const std::system_error& error) {
  if (inbox::fatal(error.code())) throw;
  due_at_ = clock_.now() + retry_after;
}

void Tidying::take(const inbox::Inbox::Tidied& tidied) {
  pass_.events += tidied.events;
  pass_.quarantined += tidied.quarantined;
  pass_.bytes += tidied.bytes;
  using Next = inbox::Inbox::Tidied::Next;
  due_at_ = clock_.now();
  if (tidied.next == Next::more) return;
  if (tidied.next == Next::later)
    due_at_ += retry_after;
  else if (std::exchange(new_rows_, 0) > 0)
    due_at_ += look_after_rows;
  else
    due_at_ += look_every;
  if (pass_.events > 0 || pass_.quarantined > 0 || pass_.bytes > 0)
    log_(messages::deleted,
         {{"events", pass_.events},
          {"quarantined", pass_.quarantined},
          {"bytes_given_back", pass_.bytes},
          {"took_ms", std::chrono::duration_cast<std::chrono::milliseconds>(pass_.took).count()}});
  pass_ = {};
}

}  // namespace relay
