#include "inbox/tables.h"

#include "base/clock.h"

namespace inbox {

Tables::Tables(sqlite::Database& database, std::optional<std::uint64_t> sub_app_id,
               History& history)
    : database_(database),
      sub_app_id_(sub_app_id),
      history_(history),
      by_handle_(database, "SELECT id, fingerprint FROM events WHERE event_handle = ?1"),
      insert_payload_(database, "INSERT INTO payloads VALUES (?1, ?2)"),
      count_pull_(database,
                  "UPDATE events SET pull_count = pull_count + 1, last_received_at = ?2,"
                  " last_pull_request_id = ?3 WHERE id = ?1"),
      by_fingerprint_in_quarantine_(
          database, "SELECT id FROM quarantine WHERE fingerprint = ?1 AND event_handle IS ?2"),
      insert_quarantine_(
          database,
          "INSERT INTO quarantine (event_handle, reason, sub_app_id, received_at,"
          " stored_at, pull_request_id, fingerprint, raw, source, origin,"
          " confirmed_at, confirm_request_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,"
          " ?9, ?10, iif(?9 = 'pull', NULL, ?5), iif(?9 = 'pull', NULL, ''))"),
      count_quarantine_(database,
                        "UPDATE quarantine SET pull_count = pull_count + 1, last_received_at = ?2"
                        " WHERE id = ?1") {}

std::optional<Tables::Found> Tables::find(std::string_view handle, std::string_view fingerprint) {
  sqlite::Rows rows = by_handle_.query(handle);
  if (!rows.next()) return std::nullopt;
  return Found{.id = rows.integer(0), .same_content = rows.blob(1) == fingerprint};
}

std::int64_t Tables::add_payload(const Arrival& arrival) {
  const std::int64_t id = database_.last_insert_id();
  insert_payload_.run(id, arrival.json);
  return id;
}

void Tables::count_again(std::int64_t id, std::string_view handle, const Arrival& arrival) {
  const std::string at = base::iso8601(arrival.received_at);
  count_pull_.run(id, at, arrival.request_id);
  history_.tell(handle, at, "delivered again", {}, arrival.request_id);
}

Outcome Tables::quarantine(const Arrival& arrival, std::string_view reason, Outcome outcome,
                           const std::string& now) {
  const std::optional<std::string_view> handle =
      arrival.handle.empty() ? std::nullopt : std::optional<std::string_view>(arrival.handle);
  const sqlite::Blob fingerprint{arrival.fingerprint};
  std::int64_t earlier = 0;
  {
    sqlite::Rows rows = by_fingerprint_in_quarantine_.query(fingerprint, handle);
    if (rows.next()) earlier = rows.integer(0);
  }
  if (earlier && arrival.source == Source::import) return Outcome::known;
  if (earlier) {
    count_quarantine_.run(earlier, base::iso8601(arrival.received_at));
    return Outcome::redelivered;
  }
  std::optional<std::string_view> origin;
  if (arrival.source != Source::pull) origin = arrival.origin;
  insert_quarantine_.run(handle, reason, sub_app_id_, base::iso8601(arrival.received_at), now,
                         arrival.request_id, fingerprint, sqlite::Blob{arrival.json},
                         to_string(arrival.source), origin);
  return outcome;
}

Outcome Tables::quarantine_conflict(const Arrival& arrival, const std::string& now) {
  return quarantine(arrival, "the handle of a stored event came with another content",
                    Outcome::conflict, now);
}

}  // namespace inbox
