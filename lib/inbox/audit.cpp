#include "inbox/audit.h"

#include "sqlite/statement.h"

namespace inbox {
namespace {

constexpr std::int64_t newest_rows = 1000;

constexpr Rule table[] = {
    {"outcomes", "every delivery was stored, recognised as a redelivery, or quarantined",
     "SELECT abs(pulled - stored - relinked - redelivered - quarantined - conflicts) FROM counters",
     true},
    {"strays", "every handle that was confirmed has a row", "SELECT strays FROM counters", true},
    {"counters", "there is one row of counters", "SELECT abs(count(*) - 1) FROM counters", true},
    {"cursor", "as many rows were made as deliveries were stored",
     "SELECT abs(coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0)"
     " - stored - relinked) FROM counters",
     true},
    {"payloads", "every event has its JSON",
     "SELECT count(*) FROM events WHERE id > ?1"
     " AND NOT EXISTS (SELECT 1 FROM payloads WHERE event_id = events.id)",
     true},
    {"confirmed", "what is confirmed says by which request",
     "SELECT count(*) FROM events WHERE id > ?1 AND confirmed_at IS NOT NULL"
     " AND confirm_request_id IS NULL",
     true},
    {"settled", "what was pushed or imported says from where, and awaits no confirm",
     "SELECT count(*) FROM events NOT INDEXED WHERE id > ?1 AND source <> 'pull'"
     " AND (confirmed_at IS NULL OR origin IS NULL)",
     true},
    {"links", "what is linked leads to a first delivery, stored before it",
     "SELECT count(*) FROM events NOT INDEXED"
     " LEFT JOIN events AS first ON first.id = events.redelivery_of"
     " WHERE events.id > ?1 AND events.redelivery_of IS NOT NULL"
     " AND (first.redelivery_of IS NOT NULL OR events.redelivery_of >= events.id"
     " OR events.redelivery_certain IS NULL)",
     true},
    {"events", "events holds as many rows as were stored and not deleted",
     "SELECT abs(stored + relinked - deleted_events - (SELECT count(*) FROM events)) FROM counters",
     false},
    {"quarantine", "quarantine holds as many rows as were put there and not deleted",
     "SELECT abs(quarantined + conflicts - deleted_quarantined"
     " - (SELECT count(*) FROM quarantine)) FROM counters",
     false},
    {"deliveries", "the rows count as many deliveries as came",
     "SELECT abs(pulled - deleted_pulls - coalesce((SELECT sum(pull_count) FROM events), 0)"
     " - coalesce((SELECT sum(pull_count) FROM quarantine), 0)) FROM counters",
     false},
    {"confirms", "as many rows are confirmed, or had no need to be, as were counted",
     "SELECT abs(confirmed - deleted_confirmed - (SELECT count(confirmed_at) FROM events)"
     " - (SELECT count(confirmed_at) FROM quarantine)) FROM counters",
     false},
    {"orphans", "no JSON is without its event",
     "SELECT count(*) FROM payloads WHERE event_id > ?1"
     " AND NOT EXISTS (SELECT 1 FROM events WHERE id = event_id)",
     false},
    {"json", "every event's JSON is valid",
     "SELECT count(*) FROM payloads WHERE event_id > ?1 AND NOT json_valid(json)", false},
};

std::int64_t exceptions(sqlite::Database& database, const Rule& rule, std::int64_t from) {
  sqlite::Statement statement(database, rule.query);
  const bool by_row = rule.query.find("?1") != std::string_view::npos;
  sqlite::Rows rows = by_row ? statement.query(from) : statement.query();
  // No row of counters: a rule of its own tells.
  return rows.next() ? rows.integer(0) : 0;
}

}  // namespace

std::span<const Rule> rules() { return table; }

std::vector<Finding> audit(sqlite::Database& database,
                           const std::function<void(const Rule&)>& progress) {
  std::vector<Finding> findings;
  for (const Rule& rule : table) {
    if (progress) progress(rule);
    findings.push_back({rule.name, rule.sentence, exceptions(database, rule, 0)});
  }
  return findings;
}

std::vector<Finding> audit_newest(sqlite::Database& database) {
  const std::int64_t from = database.number("SELECT max(id) FROM events") - newest_rows;
  std::vector<Finding> findings;
  for (const Rule& rule : table) {
    if (!rule.cheap) continue;
    const std::int64_t count = exceptions(database, rule, from);
    if (count != 0) findings.push_back({rule.name, rule.sentence, count});
  }
  return findings;
}

std::vector<std::string> check_integrity(sqlite::Database& database) {
  std::vector<std::string> complaints;
  sqlite::Statement statement(database, "PRAGMA integrity_check(20)");
  for (sqlite::Rows rows = statement.query(); rows.next();)
    if (rows.text(0) != "ok") complaints.emplace_back(rows.text(0));
  return complaints;
}

}  // namespace inbox
