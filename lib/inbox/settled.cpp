#include "inbox/settled.h"

#include "base/clock.h"
#include "base/hex.h"

#include <string_view>

namespace inbox {
namespace {

std::string hex(std::string_view bytes) {
  return base::hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

// Of what came without a handle, as inbox-5.sql describes it.
std::string key_of_push(const Arrival& arrival) {
  return "push-" + base::iso8601(arrival.received_at) + '-' + hex(arrival.fingerprint);
}

std::string key_of_import(const Arrival& arrival) { return "import-" + hex(arrival.fingerprint); }

}  // namespace

// The condition `source <> 'pull'` is the one of the index over contents.
Settled::Settled(sqlite::Database& database, std::optional<std::uint64_t> sub_app_id,
                 Tables& tables)
    : sub_app_id_(sub_app_id),
      tables_(tables),
      pushed_lately_(database,
                     "SELECT id, event_handle FROM events WHERE fingerprint = ?1"
                     " AND source <> 'pull' AND source = 'push'"
                     " AND last_received_at > ?2 AND last_received_at < ?3"
                     " ORDER BY id DESC LIMIT 1"),
      by_content_(database,
                  "SELECT coalesce(redelivery_of, id) FROM events WHERE fingerprint = ?1"
                  " AND source <> 'pull' ORDER BY id DESC LIMIT 1"),
      insert_event_(database,
                    "INSERT INTO events (event_handle, event_type, type_known, sub_app_id, task_id,"
                    " file_id, status, err_code, source, received_at, stored_at, pull_request_id,"
                    " last_received_at, last_pull_request_id, confirmed_at, confirm_request_id,"
                    " redelivery_of, redelivery_certain, fingerprint, diagnostics, format, origin)"
                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?10, ?12, ?11, '',"
                    " ?13, iif(?13 IS NULL, NULL, 0), ?14, ?15, ?16, ?17)") {}

Outcome Settled::save_pushed(const Arrival& arrival, const std::string& now) {
  if (const std::optional<Row> row = pushed_lately(arrival)) {
    tables_.count_again(row->id, row->handle, arrival);
    return Outcome::redelivered;
  }
  const std::string key = key_of_push(arrival);
  // The clock was set back to the millisecond.
  if (const auto found = tables_.find(key, arrival.fingerprint)) {
    tables_.count_again(found->id, key, arrival);
    return Outcome::redelivered;
  }
  insert(arrival, key, std::nullopt, now);
  return Outcome::stored;
}

Outcome Settled::save_imported(const Arrival& arrival, const std::string& now) {
  const bool has_handle = !arrival.handle.empty();
  if (has_handle) {
    if (const auto found = tables_.find(arrival.handle, arrival.fingerprint))
      return found->same_content ? Outcome::known : tables_.quarantine_conflict(arrival, now);
  }
  const std::optional<std::int64_t> first = first_of_this_content(arrival);
  if (first && !has_handle) return Outcome::known;
  insert(arrival, has_handle ? arrival.handle : key_of_import(arrival), first, now);
  return first ? Outcome::relinked : Outcome::stored;
}

// Either way: the clock may have been set back in between.
std::optional<Settled::Row> Settled::pushed_lately(const Arrival& arrival) {
  const std::string after = base::iso8601(arrival.received_at - sent_again_within);
  const std::string before = base::iso8601(arrival.received_at + sent_again_within);
  sqlite::Rows rows = pushed_lately_.query(sqlite::Blob{arrival.fingerprint}, after, before);
  if (!rows.next()) return std::nullopt;
  return Row{.id = rows.integer(0), .handle = std::string(rows.text(1))};
}

// Of the pushed and imported ones.
std::optional<std::int64_t> Settled::first_of_this_content(const Arrival& arrival) {
  sqlite::Rows rows = by_content_.query(sqlite::Blob{arrival.fingerprint});
  if (!rows.next()) return std::nullopt;
  return rows.integer(0);
}

void Settled::insert(const Arrival& arrival, const std::string& key,
                     std::optional<std::int64_t> first, const std::string& now) {
  std::optional<std::string_view> diagnostics;
  if (!arrival.diagnostics.empty()) diagnostics = arrival.diagnostics;
  insert_event_.run(key, arrival.event_type, arrival.type_known, sub_app_id_, arrival.task_id,
                    arrival.file_id, arrival.status, arrival.err_code, to_string(arrival.source),
                    base::iso8601(arrival.received_at), now, arrival.request_id, first,
                    sqlite::Blob{arrival.fingerprint}, diagnostics, arrival.format, arrival.origin);
  tables_.add_payload(arrival);
}

}  // namespace inbox
