#include "inbox/story.h"

#include "sqlite/statement.h"

namespace inbox {
namespace {

// How the first delivery of a row came.
const std::string came =
    "CASE source WHEN 'push' THEN 'pushed by ' || origin"
    " WHEN 'import' THEN 'imported from ' || iif(origin = '-', 'standard input', origin)"
    " ELSE 'pulled' END";

// All deliveries of the event whose first one is row ?1.  What happened at the same moment stands
// in the order in which it must have happened.
const std::string steps_query =
    "WITH deliveries AS (SELECT * FROM events WHERE id = ?1 OR redelivery_of = ?1)"
    " SELECT received_at AS at, 1 AS rank, " +
    came +
    " AS what, event_handle, NULL AS code,"
    "  pull_request_id AS request_id FROM deliveries"
    " UNION ALL SELECT stored_at, 2, 'stored as row ' || id ||"
    "  CASE redelivery_certain WHEN 1 THEN ', a redelivery of row ' || redelivery_of"
    "   WHEN 0 THEN ', perhaps a redelivery of row ' || redelivery_of ELSE '' END,"
    "  event_handle, NULL, NULL FROM deliveries"
    " UNION ALL SELECT at, 3, what, event_handle, code, request_id FROM history"
    "  WHERE event_handle IN (SELECT event_handle FROM deliveries)"
    // The confirm of a later handle settles this one as well; what was not pulled needs none.
    " UNION ALL SELECT confirmed_at, 4, iif(superseded_by IS NULL, 'confirmed', 'settled'),"
    "  event_handle, NULL, confirm_request_id FROM deliveries"
    "  WHERE confirmed_at IS NOT NULL AND source = 'pull'"
    " ORDER BY at, rank";

constexpr std::string_view events_query =
    "SELECT id, event_type, task_id, file_id, status, err_code, diagnostics,"
    " EXISTS (SELECT 1 FROM events AS e WHERE e.confirmed_at IS NULL AND e.superseded_by IS NULL"
    "  AND (e.id = events.id OR e.redelivery_of = events.id)),"
    " EXISTS (SELECT 1 FROM events AS e WHERE e.confirmed_at IS NULL AND e.superseded_by IS NULL"
    "  AND (e.id = events.id OR e.redelivery_of = events.id) AND e.confirm_unknown),"
    " source <> 'pull'"
    // Of deliveries whose first one was deleted each stands for itself.
    " FROM events WHERE id IN (SELECT CASE WHEN EXISTS"
    "   (SELECT 1 FROM events AS first WHERE first.id = e.redelivery_of)"
    "  THEN redelivery_of ELSE id END FROM events AS e"
    "  WHERE event_handle = ?1 OR task_id = ?1 OR file_id = ?1)"
    " ORDER BY id DESC LIMIT ?2";

const std::string quarantine_query =
    "SELECT id, reason, pull_count, received_at, stored_at, pull_request_id, event_handle,"
    " iif(source = 'pull', confirmed_at, NULL), confirm_request_id, " +
    came +
    " FROM quarantine WHERE event_handle = ?1"
    " ORDER BY id DESC LIMIT ?2";

std::optional<std::string> maybe_text(const sqlite::Rows& rows, int column) {
  if (rows.is_null(column)) return std::nullopt;
  return std::string(rows.text(column));
}

Story::State state_of(bool settled, bool unconfirmed, bool unknown) {
  if (settled) return Story::State::settled;
  if (unknown) return Story::State::unknown;
  return unconfirmed ? Story::State::unconfirmed : Story::State::confirmed;
}

Story read_event(const sqlite::Rows& rows) {
  Story story;
  story.row = rows.integer(0);
  story.event_type = rows.text(1);
  story.task_id = maybe_text(rows, 2);
  story.file_id = maybe_text(rows, 3);
  story.status = maybe_text(rows, 4);
  if (!rows.is_null(5)) story.err_code = rows.integer(5);
  story.remarks = rows.text(6);
  story.state = state_of(rows.integer(9) != 0, rows.integer(7) != 0, rows.integer(8) != 0);
  return story;
}

Story read_quarantined(const sqlite::Rows& rows) {
  Story story;
  story.row = rows.integer(0);
  story.state = Story::State::quarantined;
  story.remarks = rows.text(1);
  const std::string handle(rows.text(6));
  const std::int64_t more = rows.integer(2) - 1;
  story.steps.push_back({std::string(rows.text(3)), std::string(rows.text(9)), handle, "",
                         std::string(rows.text(5))});
  story.steps.push_back({std::string(rows.text(4)),
                         "put in quarantine as row " + std::to_string(story.row), handle, "", ""});
  if (more > 0)
    story.steps.push_back(
        {"", "delivered again " + std::to_string(more) + " times", handle, "", ""});
  if (!rows.is_null(7))
    story.steps.push_back(
        {std::string(rows.text(7)), "confirmed", handle, "", std::string(rows.text(8))});
  return story;
}

}  // namespace

std::string_view to_string(Story::State state) {
  switch (state) {
    case Story::State::confirmed:
      return "confirmed";
    case Story::State::settled:
      return "stored; there is nothing to confirm";
    case Story::State::unconfirmed:
      return "stored, not confirmed: the service delivers it again when its lease is over";
    case Story::State::unknown:
      return "stored; a confirm was sent, its outcome is not known";
    case Story::State::quarantined:
      return "in quarantine";
  }
  return "";
}

std::vector<Story> stories(sqlite::Database& database, std::string_view key, std::size_t most) {
  std::vector<Story> all;
  sqlite::Statement events(database, events_query);
  for (sqlite::Rows rows = events.query(key, most); rows.next();) all.push_back(read_event(rows));
  sqlite::Statement steps(database, steps_query);
  for (Story& story : all)
    for (sqlite::Rows rows = steps.query(story.row); rows.next();)
      story.steps.push_back({std::string(rows.text(0)), std::string(rows.text(2)),
                             std::string(rows.text(3)), std::string(rows.text(4)),
                             std::string(rows.text(5))});
  sqlite::Statement quarantine(database, quarantine_query);
  for (sqlite::Rows rows = quarantine.query(key, most); rows.next();)
    all.push_back(read_quarantined(rows));
  return all;
}

}  // namespace inbox
