#include "inbox/attempts.h"

#include <algorithm>

namespace inbox {

Attempts::Attempts(sqlite::Database& database, History& history)
    : database_(database),
      history_(history),
      confirm_event_(database,
                     "UPDATE events SET confirmed_at = ?2, confirm_request_id = ?3,"
                     " confirm_unknown = 0 WHERE event_handle = ?1 AND confirmed_at IS NULL"
                     " RETURNING coalesce(redelivery_of, id),"
                     " redelivery_of IS NOT NULL OR superseded_by IS NOT NULL"),
      confirm_chain_(database,
                     "UPDATE events SET confirmed_at = ?2, confirm_request_id = ?3,"
                     " confirm_unknown = 0 WHERE confirmed_at IS NULL AND"
                     " (id = ?1 OR (redelivery_of = ?1 AND redelivery_certain))"),
      confirm_quarantine_(database,
                          "UPDATE quarantine SET confirmed_at = ?2, confirm_request_id = ?3"
                          " WHERE event_handle = ?1 AND confirmed_at IS NULL"),
      confirm_unknown_(database,
                       "UPDATE events SET confirm_unknown = 1"
                       " WHERE event_handle = ?1 AND confirmed_at IS NULL"),
      known_(database,
             "SELECT EXISTS (SELECT 1 FROM events WHERE event_handle = ?1)"
             " OR EXISTS (SELECT 1 FROM quarantine WHERE event_handle = ?1)") {}

void Attempts::sent(std::span<const std::string> handles) {
  for (const std::string& handle : handles) ++in_flight_[handle];
}

void Attempts::done(std::span<const std::string> handles, Confirm outcome, std::string_view code,
                    std::string_view request_id, base::Utc at) {
  const std::string time = base::iso8601(at);
  for (const std::string& handle : handles) {
    const auto entry = in_flight_.find(handle);
    if (entry != in_flight_.end() && --entry->second == 0) in_flight_.erase(entry);
    notes_.push_back({handle, outcome, std::string(code), std::string(request_id), time});
  }
}

Attempts::Written Attempts::write() {
  Written written;
  for (const Note& note : notes_) {
    if (note.outcome != Confirm::confirmed) {
      const bool unknown = note.outcome == Confirm::unknown;
      if (unknown) confirm_unknown_.run(note.handle);
      tell(note, unknown ? "confirm unanswered" : "confirm refused");
      continue;
    }
    const std::int64_t rows =
        settle(note, written) + run(confirm_quarantine_, note.handle, note.at, note.request_id);
    written.confirmed += rows;
    if (rows > 0) continue;
    if (known(note.handle))
      tell(note, "confirmed again");
    else
      ++written.strays;
  }
  return written;
}

bool Attempts::known(const std::string& handle) {
  sqlite::Rows rows = known_.query(handle);
  return rows.next() && rows.integer(0) != 0;
}

std::int64_t Attempts::run(sqlite::Statement& statement, const auto&... args) {
  statement.run(args...);
  return database_.changes();
}

// A confirm settles the handle, the event's first delivery, and those after it that are certainly
// the same event: their own confirm may well be refused now.
std::int64_t Attempts::settle(const Note& note, Written& written) {
  std::int64_t first = 0;
  std::int64_t rows_changed = 0;
  bool others = false;
  {
    sqlite::Rows rows = confirm_event_.query(note.handle, note.at, note.request_id);
    while (rows.next()) {
      ++rows_changed;
      first = rows.integer(0);
      others = rows.integer(1) != 0;
      written.first_event = std::min(written.first_event, first);
    }
  }
  if (others) rows_changed += run(confirm_chain_, first, note.at, note.request_id);
  return rows_changed;
}

void Attempts::tell(const Note& note, std::string_view what) {
  history_.tell(note.handle, note.at, what, note.code, note.request_id);
}

}  // namespace inbox
