#include "inbox/pulled.h"

#include "base/clock.h"

namespace inbox {

Pulled::Pulled(sqlite::Database& database, std::optional<std::uint64_t> sub_app_id, Tables& tables,
               const Attempts& attempts)
    : sub_app_id_(sub_app_id),
      tables_(tables),
      attempts_(attempts),
      live_twin_(database,
                 "SELECT id, event_handle, coalesce(redelivery_of, id), confirm_unknown,"
                 " last_received_at FROM events"
                 " WHERE fingerprint = ?1 AND confirmed_at IS NULL AND superseded_by IS NULL"
                 " AND sub_app_id IS ?2 ORDER BY id DESC LIMIT 1"),
      insert_event_(database,
                    "INSERT INTO events (event_handle, event_type, type_known, sub_app_id, task_id,"
                    " file_id, status, err_code, received_at, stored_at, pull_request_id,"
                    " last_received_at, last_pull_request_id, redelivery_of, redelivery_certain,"
                    " confirm_unknown, fingerprint, diagnostics, format) VALUES (?1, ?2, ?3, ?4,"
                    " ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?9, ?11, ?12, ?13, ?14, ?15, ?16, ?17)"),
      supersede_(database, "UPDATE events SET superseded_by = ?2 WHERE id = ?1") {}

Outcome Pulled::save(const Arrival& arrival, const std::string& now) {
  const auto found = tables_.find(arrival.handle, arrival.fingerprint);
  if (!found) return insert(arrival, now);
  if (!found->same_content) return tables_.quarantine_conflict(arrival, now);
  tables_.count_again(found->id, arrival.handle, arrival);
  return Outcome::redelivered;
}

// The earlier delivery of the same event whose handle is still live, if there is one.
std::optional<Pulled::Twin> Pulled::find_twin(const Arrival& arrival) {
  sqlite::Rows rows = live_twin_.query(sqlite::Blob{arrival.fingerprint}, sub_app_id_);
  if (!rows.next()) return std::nullopt;
  const std::string_view received_at = rows.text(4);
  if (received_at <= base::iso8601(arrival.received_at - twin_age_max)) return std::nullopt;
  const bool leased = received_at > base::iso8601(arrival.received_at - twin_age_min);
  const bool unknown = leased || rows.integer(3) != 0 || attempts_.in_flight(rows.text(1));
  return Twin{.id = rows.integer(0), .root = rows.integer(2), .certain = !unknown};
}

Outcome Pulled::insert(const Arrival& arrival, const std::string& now) {
  const std::optional<Twin> twin = find_twin(arrival);
  std::optional<std::int64_t> root;
  std::optional<bool> certain;
  if (twin) {
    root = twin->root;
    certain = twin->certain;
  }
  std::optional<std::string_view> diagnostics;
  if (!arrival.diagnostics.empty()) diagnostics = arrival.diagnostics;
  // What is not known of the earlier delivery is not known of this one either.
  const bool confirm_unknown = twin && !twin->certain;
  insert_event_.run(arrival.handle, arrival.event_type, arrival.type_known, sub_app_id_,
                    arrival.task_id, arrival.file_id, arrival.status, arrival.err_code,
                    base::iso8601(arrival.received_at), now, arrival.request_id, root, certain,
                    confirm_unknown, sqlite::Blob{arrival.fingerprint}, diagnostics,
                    arrival.format);
  const std::int64_t id = tables_.add_payload(arrival);
  if (!twin) return Outcome::stored;
  supersede_.run(twin->id, id);
  return Outcome::relinked;
}

}  // namespace inbox
