#include "simulation/checker.h"

#include "sqlite/statement.h"

#include <algorithm>
#include <map>
#include <system_error>
#include <utility>

namespace simulation {
namespace {

using State = vodsim::Queue::Event::State;

std::string text_of(const vodsim::EventText& text, std::string_view handle) {
  std::string out = text.head;
  out.append(handle).append(text.tail);
  return out;
}

bool is(const vodsim::EventText& text, std::string_view handle, std::string_view json) {
  return json.size() == text.head.size() + handle.size() + text.tail.size() &&
         json.starts_with(text.head) && json.ends_with(text.tail) &&
         json.substr(text.head.size(), handle.size()) == handle;
}

}  // namespace

Checker::Checker(const std::vector<Element>& elements, Service& service, Disk& disk, Trace& trace)
    : elements_(elements),
      service_(service),
      disk_(disk),
      trace_(trace),
      known_handles_(elements.size()) {
  for (std::size_t i = 0; i < elements_.size(); ++i) {
    twins_[elements_[i].text.name].push_back(i);
    if (elements_[i].kind == Kind::nameless) nameless_.insert(text_of(elements_[i].text, ""));
  }
}

// Catches up with the service.
void Checker::learn() {
  const auto& events = service_.queue().events();
  for (std::size_t i = 0; i < events.size(); ++i)
    for (; known_handles_[i] < events[i].handles.size(); ++known_handles_[i])
      by_handle_.emplace(events[i].handles[known_handles_[i]], i);
  const auto& settled = service_.queue().settled();
  settled_.insert(settled.begin() + static_cast<std::ptrdiff_t>(known_settled_), settled.end());
  known_settled_ = settled.size();
}

void Checker::check(sqlite::Database& database) {
  learn();
  found_.clear();
  const std::vector<Row> rows = read_rows(database);
  check_quarantine(database);
  check_settled(database);
  check_kept(rows);
  check_confirmed(rows);
  check_roots(rows);
  report(inbox::audit_newest(database));
}

void Checker::check_settled(sqlite::Database& database) {
  std::int64_t deleted =
      database.number("SELECT deleted_events + deleted_quarantined FROM counters");
  for (const std::string_view handle : settled_)
    if (!found_.contains(std::string(handle)) && --deleted < 0)
      trace_.violated("a confirmed event is not in the database: handle " + std::string(handle));
}

void Checker::check_kept(const std::vector<Row>& rows) {
  const auto& events = service_.queue().events();
  const auto confirmed = [&](std::size_t event) {
    return std::ranges::any_of(events[event].handles,
                               [&](std::string_view handle) { return settled_.contains(handle); });
  };
  for (const auto& [handle, event] : kept_)
    if (!found_.contains(handle) &&
        std::ranges::none_of(twins_.at(elements_[event].text.name), confirmed))
      trace_.violated("an event that is not confirmed was deleted: handle " + handle);
  kept_.clear();
  for (const Row& row : rows) kept_.emplace(row.handle, row.event);
}

// What `vodeventd audit` would say.
void Checker::report(const std::vector<inbox::Finding>& findings) {
  for (const inbox::Finding& finding : findings)
    if (finding.exceptions != 0)
      trace_.violated("the audit says no to \"" + std::string(finding.sentence) +
                      "\": " + std::to_string(finding.exceptions) + " exceptions");
}

std::vector<Checker::Row> Checker::read_rows(sqlite::Database& database) {
  std::vector<Row> out;
  sqlite::Statement statement(
      database,
      "SELECT id, coalesce(redelivery_of, id), event_handle, redelivery_certain IS 1,"
      " confirmed_at IS NOT NULL, json FROM events LEFT JOIN payloads ON event_id = id ORDER BY "
      "id");
  for (sqlite::Rows rows = statement.query(); rows.next();) {
    const auto event = event_of(rows.text(2), rows.text(5));
    Row row{rows.integer(0),      rows.integer(1),      std::string(rows.text(2)),
            rows.integer(3) != 0, rows.integer(4) != 0, event.value_or(0)};
    if (!event)
      trace_.violated("a row holds other bytes than the service sent: handle " + row.handle);
    else if (elements_[*event].kind == Kind::unreadable)
      trace_.violated("an unreadable element stands among the events: handle " + row.handle);
    found_.insert(row.handle);
    if (event) out.push_back(std::move(row));
  }
  return out;
}

std::optional<std::size_t> Checker::event_of(std::string_view handle, std::string_view json) const {
  const auto [begin, end] = by_handle_.equal_range(handle);
  const auto found = std::find_if(begin, end, [&](const auto& entry) {
    return is(elements_[entry.second].text, handle, json);
  });
  return found == end ? std::nullopt : std::optional(found->second);
}

void Checker::check_quarantine(sqlite::Database& database) {
  sqlite::Statement statement(database,
                              "SELECT event_handle, raw, confirmed_at IS NOT NULL FROM quarantine"
                              " WHERE reason NOT LIKE 'no answer: %'");
  for (sqlite::Rows rows = statement.query(); rows.next();) {
    const std::string handle(rows.text(0));
    if (rows.is_null(0)) {
      if (!nameless_.contains(std::string(rows.blob(1))))
        trace_.violated("in quarantine stands without a handle what has one: " +
                        std::string(rows.blob(1).substr(0, 80)));
      continue;
    }
    found_.insert(handle);
    const auto event = event_of(handle, rows.blob(1));
    if (!event)
      trace_.violated("quarantine holds other bytes than the service sent: handle " + handle);
    else if (elements_[*event].kind == Kind::proper)
      trace_.violated("a proper event stands in quarantine: handle " + handle);
    if (rows.integer(2) != 0 && !settled_.contains(handle))
      trace_.violated("recorded as confirmed what the service has not confirmed: handle " + handle);
  }
}

// A confirm of one delivery counts for all that are linked with it.
void Checker::check_confirmed(const std::vector<Row>& rows) {
  std::unordered_set<std::int64_t> settled_roots;
  for (const Row& row : rows)
    if (settled_.contains(row.handle)) settled_roots.insert(row.root);
  for (const Row& row : rows)
    if (row.confirmed && !settled_roots.contains(row.root))
      trace_.violated("recorded as confirmed what the service has not confirmed: handle " +
                      row.handle);
}

void Checker::check_roots(const std::vector<Row>& rows) {
  std::map<std::int64_t, const Row*> by_id;
  for (const Row& row : rows) by_id.emplace(row.id, &row);
  std::map<std::size_t, const Row*> first_of;  // by event
  for (const Row& row : rows) {
    const auto root = by_id.find(row.root);
    if (root == by_id.end()) {
      trace_.violated("a redelivery has no first delivery: handle " + row.handle);
      continue;
    }
    check_link(row, *root->second);
    const bool alone = twins_.at(elements_[row.event].text.name).size() == 1;
    const Row* first = first_of.emplace(row.event, &row).first->second;
    const bool proper = elements_[row.event].kind == Kind::proper;
    // What was handed out before, and was overtaken on its way, can't be told from an equal event.
    if (alone && proper && first->root != row.root && delivery(row) >= delivery(*first))
      trace_.violated("one event stands as several: handles " + first->handle + " and " +
                      row.handle);
  }
}

void Checker::check_link(const Row& row, const Row& root) {
  const std::string& name = elements_[row.event].text.name;
  if (elements_[root.event].text.name != name) {
    trace_.violated("linked as one what are several events: handle " + row.handle);
    return;
  }
  if (!row.certain) return;
  const auto& events = service_.queue().events();
  const base::Instant when = events[row.event].issued[delivery(row)];
  const auto open_then = [&](std::size_t event) {
    return event == row.event || events[event].state != State::confirmed ||
           events[event].confirmed > when;
  };
  if (row.event != root.event && std::ranges::count_if(twins_.at(name), open_then) < 2)
    trace_.violated("taken for a certain redelivery of what had been confirmed: handle " +
                    row.handle);
}

// Which delivery of its event it is.
std::size_t Checker::delivery(const Row& row) const {
  const auto& handles = service_.queue().events()[row.event].handles;
  return static_cast<std::size_t>(std::ranges::find(handles, row.handle) - handles.begin());
}

void Checker::check_durable(const std::string& path, Service::Handles confirmed) {
  const std::string copy = path + "-copy";
  disk_.copy_durable(path, copy);
  try {
    sqlite::Database database(copy, sqlite::Database::Mode::read_only);
    sqlite::Statement find(database,
                           "SELECT 1 FROM events WHERE event_handle = ?1 UNION ALL"
                           " SELECT 1 FROM quarantine WHERE event_handle = ?1");
    for (const std::string_view handle : confirmed)
      if (!find.query(handle).next())
        trace_.violated("a confirmed event would not survive a power cut: handle " +
                        std::string(handle));
  } catch (const std::system_error& error) {
    trace_.violated("what a power cut would leave is no database: " + std::string(error.what()));
  }
  disk_.remove(copy);
}

void Checker::check_counters(relay::Relay& relay) {
  const relay::Counters& counters = relay.counters();
  // At the beginning of time no lease has run out, so that nothing is dropped by looking.
  const std::size_t held = relay.to_save(base::Instant::min()).size();
  const std::uint64_t sum = counters.stored + counters.redelivered + counters.relinked +
                            counters.quarantined + counters.conflicts + counters.abandoned + held;
  if (counters.pulled != sum)
    trace_.violated("the relay's counters do not balance: pulled " +
                    std::to_string(counters.pulled) + ", accounted for " + std::to_string(sum));
}

void Checker::check_end(const std::string& path) {
  sqlite::Database database(path, sqlite::Database::Mode::read_only);
  check(database);
  report(inbox::audit(database, {}));
  if (const std::string found = database.text("PRAGMA integrity_check"); found != "ok")
    trace_.violated("the database is damaged: " + found);
}

}  // namespace simulation
