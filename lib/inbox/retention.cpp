#include "inbox/retention.h"

namespace inbox {
namespace {

std::int64_t number(sqlite::Statement& statement) {
  sqlite::Rows rows = statement.query();
  return rows.next() ? rows.integer(0) : 0;
}

bool contains(std::span<const std::string_view> handles, std::string_view handle) {
  return std::binary_search(handles.begin(), handles.end(), handle);
}

}  // namespace

Retention::Retention(sqlite::Database& database)
    : database_(database),
      shrinks_(database.number("PRAGMA auto_vacuum") == 2),  // incremental
      page_bytes_(database.number("PRAGMA page_size")),
      row_count_(database, "SELECT stored + relinked - deleted_events FROM counters"),
      pages_(database, "PRAGMA page_count"),
      free_pages_(database, "PRAGMA freelist_count"),
      events_(database,
              "SELECT id, coalesce(redelivery_of, id), received_at FROM events"
              " WHERE id > ?1 ORDER BY id LIMIT ?2"),
      chain_(database,
             "SELECT event_handle, confirmed_at IS NOT NULL, superseded_by IS NOT NULL,"
             " last_received_at FROM events WHERE id = ?1 OR redelivery_of = ?1"),
      earlier_(database,
               "SELECT 1 FROM events WHERE id = ?1"
               " UNION ALL SELECT 1 FROM events WHERE redelivery_of = ?1 AND id < ?2"),
      quarantine_(database,
                  "SELECT id, event_handle, confirmed_at IS NOT NULL, received_at,"
                  " coalesce(last_received_at, received_at) FROM quarantine"
                  " WHERE id > ?1 ORDER BY id LIMIT ?2"),
      delete_event_(database, "DELETE FROM events WHERE id = ?1 OR redelivery_of = ?1"),
      delete_quarantined_(database, "DELETE FROM quarantine WHERE id = ?1") {}

void Retention::keep(const Bounds& bounds) {
  bounds_ = bounds;
  begin_again();
}

Retention::Step Retention::next(base::Utc now, Handles awaited) {
  Step step;
  const Limit times = limit(now);
  find_events(step, times, awaited);
  if (!step.more) find_quarantined(step, times, awaited);
  if (!step.more) find_pages(step);
  return step;
}

Retention::Limit Retention::limit(base::Utc now) const {
  return {bounds_.age.count() > 0 ? base::iso8601(now - bounds_.age) : "", base::iso8601(now)};
}

std::int64_t Retention::excess_rows() {
  return bounds_.rows > 0 ? number(row_count_) - bounds_.rows : 0;
}

bool Retention::excess_bytes() {
  if (bounds_.bytes == 0) return false;
  return (number(pages_) - number(free_pages_)) * page_bytes_ > bounds_.bytes;
}

// What is not confirmed but superseded had its confirm in the place of the one that superseded it.
Retention::Chain Retention::chain_of(std::int64_t root, Handles awaited) {
  Chain chain;
  std::int64_t live = 0, live_confirmed = 0;
  for (sqlite::Rows rows = chain_.query(root); rows.next();) {
    ++chain.rows;
    if (contains(awaited, rows.text(0))) chain.awaited = true;
    const bool superseded = rows.integer(2) != 0;
    live += !superseded;
    live_confirmed += !superseded && rows.integer(1) != 0;
    chain.youngest = std::max(chain.youngest, std::string(rows.text(3)));
  }
  chain.confirmed = live > 0 && live == live_confirmed;
  return chain;
}

// Later deliveries of an event are passed over: their first one has been looked at before.
void Retention::find_events(Step& step, const Limit& limit, Handles awaited) {
  std::int64_t too_many = excess_rows();
  const bool too_large = excess_bytes();
  if (limit.old.empty() && too_many <= 0 && !too_large) return;
  std::int64_t looked_at = 0;
  for (sqlite::Rows rows = events_.query(event_, rows_max); looked_at < rows_max && rows.next();) {
    const bool beyond = too_many > 0 || too_large;
    if (!beyond && (limit.old.empty() || limit.ends_at(rows.text(2)))) break;
    const std::int64_t id = rows.integer(0);
    const std::int64_t root = rows.integer(1);
    if (root != id && is_later(id, root)) {
      event_ = id;
      ++looked_at;
      continue;
    }
    const Chain chain = chain_of(root, awaited);
    // It will be confirmed in a moment, and is to go before those that came after it.
    if (beyond && chain.awaited) break;
    event_ = id;
    looked_at += chain.rows;
    const bool may_go = chain.confirmed && !chain.awaited;
    if (!may_go || (!beyond && chain.youngest >= limit.old)) continue;
    step.events.push_back(root);
    too_many -= chain.rows;
  }
  step.more = looked_at >= rows_max || !step.events.empty();
}

// The whole event is not read for this: it may have come again thousands of times.
bool Retention::is_later(std::int64_t id, std::int64_t root) {
  sqlite::Rows rows = earlier_.query(root, id);
  return rows.next();
}

void Retention::find_quarantined(Step& step, const Limit& limit, Handles awaited) {
  if (limit.old.empty()) return;
  std::int64_t looked_at = 0;
  for (sqlite::Rows rows = quarantine_.query(quarantined_, rows_max); rows.next(); ++looked_at) {
    if (limit.ends_at(rows.text(3))) break;
    quarantined_ = rows.integer(0);
    const bool may_go =
        rows.is_null(1) || (rows.integer(2) != 0 && !contains(awaited, rows.text(1)));
    if (may_go && rows.text(4) < limit.old) step.quarantined.push_back(quarantined_);
  }
  step.more = looked_at == rows_max || !step.quarantined.empty();
}

// In bites, so that what comes and goes all the time does not move pages about.
void Retention::find_pages(Step& step) {
  if (!shrinks_) return;
  const std::int64_t spare = std::max(spare_pages_min, number(pages_) / 16);
  if (number(free_pages_) < spare + pages_max) return;
  step.pages = pages_max;
  step.more = true;
}

Retention::Gone Retention::run(const Step& step) {
  Gone gone;
  for (const std::int64_t root : step.events) {
    delete_event_.run(root);
    gone.events += database_.changes();
  }
  for (const std::int64_t id : step.quarantined) {
    delete_quarantined_.run(id);
    gone.quarantined += database_.changes();
  }
  if (step.pages > 0)
    database_.run("PRAGMA incremental_vacuum(" + std::to_string(step.pages) + ')');
  return gone;
}

}  // namespace inbox
