#include "inbox/attempts.h"

#include <algorithm>

namespace inbox {

Attempts::Attempts(sqlite::Database& database, History& history)
    : database_(database),
      history_(history),
      unconfirmed_(database,
                   "SELECT id, redelivery_of, superseded_by IS NOT NULL FROM events"
                   " WHERE event_handle = ?1 AND confirmed_at IS NULL"),
      confirm_event_(database,
                     "UPDATE events SET confirmed_at = ?2, confirm_request_id = ?3,"
                     " confirm_unknown = 0 WHERE id = ?1"),
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
      newest_quarantined_(database, "SELECT max(id) FROM quarantine"),
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
  const bool quarantined = !notes_.empty() && quarantine_holds_any();
  for (const Note& note : notes_) {
    if (note.outcome != Confirm::confirmed) {
      const bool unknown = note.outcome == Confirm::unknown;
      if (unknown) confirm_unknown_.run(note.handle);
      tell(note, unknown ? "confirm unanswered" : "confirm refused");
      continue;
    }
    std::int64_t rows = settle(note, written);
    if (quarantined) rows += run(confirm_quarantine_, note.handle, note.at, note.request_id);
    written.confirmed += rows;
    if (rows > 0) continue;
    if (known(note.handle))
      tell(note, "confirmed again");
    else
      ++written.strays;
  }
  return written;
}

bool Attempts::quarantine_holds_any() {
  sqlite::Rows rows = newest_quarantined_.query();
  return rows.next() && !rows.is_null(0);
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
// the same event: their own confirm may well be refused now.  (Two statements cost half of one with
// RETURNING, for which SQLite makes a table of its own each time.)
std::int64_t Attempts::settle(const Note& note, Written& written) {
  std::int64_t id = 0, first = 0;
  bool others = false;
  {
    sqlite::Rows rows = unconfirmed_.query(note.handle);
    if (!rows.next()) return 0;
    id = rows.integer(0);
    first = rows.is_null(1) ? id : rows.integer(1);
    others = first != id || rows.integer(2) != 0;
  }
  confirm_event_.run(id, note.at, note.request_id);
  written.first_event = std::min(written.first_event, first);
  return 1 + (others ? run(confirm_chain_, first, note.at, note.request_id) : 0);
}

void Attempts::tell(const Note& note, std::string_view what) {
  history_.tell(note.handle, note.at, what, note.code, note.request_id);
}

}  // namespace inbox
