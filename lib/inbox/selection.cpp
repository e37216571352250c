#include "inbox/selection.h"

#include "sqlite/transaction.h"

#include <algorithm>
#include <utility>

namespace inbox {
namespace {

using Kind = Column::Kind;

constexpr Column columns[] = {
    {Kind::integer, "id"},
    {Kind::text, "event_handle"},
    {Kind::text, "event_type"},
    {Kind::integer, "type_known"},
    {Kind::text, "format"},
    {Kind::integer, "sub_app_id"},
    {Kind::text, "source"},
    {Kind::text, "origin"},
    {Kind::text, "task_id"},
    {Kind::text, "file_id"},
    {Kind::text, "status"},
    {Kind::integer, "err_code"},
    {Kind::text, "received_at"},
    {Kind::text, "stored_at"},
    {Kind::text, "pull_request_id"},
    {Kind::integer, "pull_count"},
    {Kind::text, "last_received_at"},
    {Kind::text, "last_pull_request_id"},
    {Kind::text, "confirmed_at"},
    {Kind::text, "confirm_request_id"},
    {Kind::integer, "confirm_unknown"},
    {Kind::integer, "redelivery_of"},
    {Kind::integer, "redelivery_certain"},
    {Kind::integer, "superseded_by"},
    {Kind::blob, "fingerprint"},
    {Kind::json, "diagnostics"},
    {Kind::json, "event"},
};

// The index that leads to the fewest rows, and how it is asked.
struct Way {
  std::string_view index, condition;
};

constexpr Way by_task{"INDEXED BY events_by_task", " AND id >> 14 = ?1 >> 14 AND task_id = ?4"};
constexpr Way by_file{"INDEXED BY events_by_file", " AND id >> 14 = ?1 >> 14 AND file_id = ?5"};
constexpr Way by_type{"INDEXED BY events_by_type", " AND event_type = ?3"};
constexpr Way by_id{"NOT INDEXED", ""};
static_assert(Selection::part_bits == 14);

const Way& way_of(const Filter& filter) {
  if (filter.task_id) return by_task;
  if (filter.file_id) return by_file;
  return filter.types.empty() ? by_id : by_type;
}

std::optional<std::string> text_of(const std::optional<base::Utc>& time) {
  if (!time) return std::nullopt;
  return base::iso8601(*time);
}

}  // namespace

std::span<const Column> selected_columns() { return columns; }

std::string Selection::find_query(const Filter& filter) {
  const Way& way = way_of(filter);
  std::string text = "SELECT id FROM events ";
  text.append(way.index).append(" WHERE id >= ?1 AND id <= ?2").append(way.condition);
  text +=
      " AND (?3 IS NULL OR event_type = ?3)"
      " AND (?4 IS NULL OR task_id = ?4) AND (?5 IS NULL OR file_id = ?5)"
      " AND (?6 IS NULL OR source = ?6) AND (?7 IS NULL OR received_at >= ?7)"
      " AND (?8 IS NULL OR received_at < ?8)";
  if (!filter.redeliveries) text += " AND redelivery_certain IS NOT 1";
  return text + " ORDER BY id";
}

// Its JSON is null if somebody has deleted it: the event is there all the same.
std::string Selection::row_query() {
  std::string names;
  for (const Column& column : columns) names.append(names.empty() ? "" : ", ").append(column.name);
  return "SELECT " + names +
         " FROM events LEFT JOIN (SELECT event_id, json AS event FROM payloads) ON event_id = id"
         " WHERE id = ?1";
}

Selection::Selection(sqlite::Database& database, Filter filter)
    : database_(database),
      filter_(std::move(filter)),
      first_(database, "SELECT min(id) FROM events WHERE id > ?1"),
      find_(database, find_query(filter_)),
      row_(database, row_query()),
      at_(filter_.after),
      last_(database.number("SELECT max(id) FROM events")) {
  std::ranges::sort(filter_.types);
  filter_.types.erase(std::unique(filter_.types.begin(), filter_.types.end()), filter_.types.end());
}

bool Selection::next(const Take& take) {
  if (found_.empty()) find();
  if (!found_.empty()) hand_on(take);
  return filter_.limit > 0 && (!found_.empty() || at_ < last_);
}

// Ids that nobody has cost nothing, however many there are.
void Selection::find() {
  {
    sqlite::Rows rows = first_.query(at_);
    if (!rows.next() || rows.is_null(0) || rows.integer(0) > last_) {
      at_ = last_;
      return;
    }
    at_ = rows.integer(0);
  }
  const std::int64_t from = at_;
  at_ = std::min(last_, from | ((std::int64_t{1} << part_bits) - 1));
  if (filter_.types.empty()) find(from, at_, std::nullopt);
  for (const std::string& type : filter_.types) find(from, at_, type);
  std::ranges::sort(found_, std::greater());
}

void Selection::find(std::int64_t from, std::int64_t to, const std::optional<std::string>& type) {
  const std::optional<std::string> since = text_of(filter_.since), until = text_of(filter_.until);
  for (sqlite::Rows rows = find_.query(from, to, type, filter_.task_id, filter_.file_id,
                                       filter_.source, since, until);
       rows.next();)
    found_.push_back(rows.integer(0));
}

void Selection::hand_on(const Take& take) {
  const sqlite::Reading reading(database_);
  for (bool more = true; more && !found_.empty() && filter_.limit > 0; found_.pop_back()) {
    sqlite::Rows rows = row_.query(found_.back());
    if (!rows.next()) continue;
    --filter_.limit;
    more = take(rows);
  }
}

// From one to the next in the index over them, since there are few.
std::vector<std::string> event_types(sqlite::Database& database) {
  sqlite::Statement all(
      database,
      "WITH RECURSIVE types (name) AS (SELECT min(event_type) FROM events UNION ALL"
      " SELECT (SELECT min(event_type) FROM events WHERE event_type > name) FROM types"
      " WHERE name IS NOT NULL) SELECT name FROM types WHERE name IS NOT NULL");
  std::vector<std::string> types;
  for (sqlite::Rows rows = all.query(); rows.next();) types.emplace_back(rows.text(0));
  return types;
}

}  // namespace inbox
