#include "daemon/audit.h"

#include "base/text.h"
#include "daemon/progress.h"
#include "inbox/audit.h"
#include "inbox/open.h"
#include "intake/arrival.h"
#include "json/write.h"
#include "sqlite/statement.h"

#include <cstdio>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace vodeventd {
namespace {

struct Content {
  std::int64_t events = 0;
  std::int64_t wrong = 0;        // handle or fingerprint
  std::int64_t columns = 0;      // type, ids or status
  std::int64_t quarantined = 0;  // fingerprint
  std::vector<std::string> examples;
};

constexpr std::size_t examples_max = 5;

void note(Content& content, std::int64_t& count, std::string_view handle) {
  ++count;
  if (content.examples.size() < examples_max) content.examples.emplace_back(handle);
}

bool same(const sqlite::Rows& rows, int column, const std::optional<std::string>& text) {
  return text ? rows.text(column) == *text : rows.is_null(column);
}

// The handle of what was pulled stands in its JSON.  What was pushed has a key of ours; so may have
// what was imported, or its handle stood beside it.
bool same_handle(const inbox::Arrival& arrival, std::string_view handle, std::string_view source) {
  if (source == "push" || (source == "import" && arrival.handle.empty())) return true;
  return arrival.handle == handle;
}

// Reads an event again as if it came now.
void check_event(const sqlite::Rows& rows, Content& content) {
  const inbox::Arrival arrival = intake::read_again(rows.text(3), rows.text(9));
  ++content.events;
  if (arrival.fingerprint != rows.blob(2) || !same_handle(arrival, rows.text(1), rows.text(10))) {
    note(content, content.wrong, rows.text(1));
    return;
  }
  const bool err_code = arrival.err_code ? rows.integer(8) == *arrival.err_code : rows.is_null(8);
  if (arrival.event_type != rows.text(4) || !same(rows, 5, arrival.task_id) ||
      !same(rows, 6, arrival.file_id) || !same(rows, 7, arrival.status) || !err_code)
    note(content, content.columns, rows.text(1));
}

void check_events(sqlite::Database& database, Content& content, const Progress& progress) {
  constexpr int chunk = 500;  // so that the daemon's log can be taken in between two of them
  const std::int64_t last = database.number("SELECT max(id) FROM events");
  sqlite::Statement next(database,
                         "SELECT id, event_handle, fingerprint, json, event_type, task_id, file_id,"
                         " status, err_code, format, source"
                         " FROM events JOIN payloads ON event_id = id"
                         " WHERE id > ?1 ORDER BY id LIMIT ?2");
  std::int64_t id = 0;
  for (std::int64_t before = -1; before != id && id < last;) {
    before = id;
    for (sqlite::Rows rows = next.query(id, chunk); rows.next();) {
      id = rows.integer(0);
      check_event(rows, content);
    }
    progress.show("reading event " + std::to_string(id) + " of " + std::to_string(last));
  }
}

void check_quarantine(sqlite::Database& database, Content& content) {
  sqlite::Statement quarantine(
      database, "SELECT event_handle, fingerprint, raw, pull_request_id FROM quarantine");
  for (sqlite::Rows rows = quarantine.query(); rows.next();)
    if (!intake::fits(rows.blob(1), rows.blob(2), rows.text(3)))
      note(content, content.quarantined, rows.text(0));
}

struct Report {
  std::vector<inbox::Finding> findings;
  std::vector<std::string> complaints;  // of the integrity check
  Content content;
  bool holds = true;
};

// What can't be read because the file is damaged is a finding like others.
template <class Part>
void read(Report& report, Part part) {
  try {
    part();
  } catch (const std::system_error& error) {
    if (!inbox::damaged(error.code())) throw;
    report.complaints.emplace_back(error.what());
  }
}

Report look(sqlite::Database& database, const Progress& progress) {
  Report report;
  read(report, [&] {
    report.findings = inbox::audit(database, [&](const inbox::Rule& rule) {
      progress.show("counting: " + std::string(rule.sentence));
    });
  });
  const Content& content = report.content;
  read(report, [&] { check_events(database, report.content, progress); });
  read(report, [&] { check_quarantine(database, report.content); });
  report.findings.push_back(
      {"content", "every event's handle and fingerprint fit its JSON", content.wrong});
  report.findings.push_back(
      {"columns", "every event's type, ids and status are those of its JSON", content.columns});
  report.findings.push_back(
      {"quarantined", "what stands in quarantine fits its fingerprint", content.quarantined});
  progress.show("checking the file");
  read(report, [&] {
    for (std::string& complaint : inbox::check_integrity(database))
      report.complaints.push_back(std::move(complaint));
  });
  report.findings.push_back({"integrity", "SQLite finds the file sound",
                             static_cast<std::int64_t>(report.complaints.size())});
  for (const inbox::Finding& finding : report.findings)
    if (finding.exceptions != 0) report.holds = false;
  return report;
}

constexpr const char* counter_names[] = {
    "pulled",    "stored",    "relinked", "redelivered",    "quarantined",
    "conflicts", "confirmed", "strays",   "deleted_events", "deleted_quarantined"};

std::int64_t counter(sqlite::Database& database, const char* name) {
  return database.number(std::string("SELECT ") + name + " FROM counters");
}

void print_text(const std::string& path, const Report& report, sqlite::Database& database) {
  std::printf("%s\n", path.c_str());
  for (const inbox::Finding& finding : report.findings) {
    const std::string sentence(finding.sentence);
    if (finding.exceptions == 0)
      std::printf("ok      %s\n", sentence.c_str());
    else
      std::printf("BROKEN  %s: %lld exceptions\n", sentence.c_str(),
                  static_cast<long long>(finding.exceptions));
  }
  for (const std::string& handle : report.content.examples)
    std::printf("        content of %s\n", base::printable(handle).c_str());
  for (const std::string& complaint : report.complaints)
    std::printf("        %s\n", base::printable(complaint).c_str());
  for (const char* name : counter_names)
    std::printf("%-20s %12lld\n", name, static_cast<long long>(counter(database, name)));
  std::printf(report.holds ? "The promise holds: %zu rules, %lld events read again.\n"
                           : "The promise is BROKEN: see above.  (%zu rules, %lld events read "
                             "again.)\n",
              report.findings.size(), static_cast<long long>(report.content.events));
}

void print_list(const char* name, const std::vector<std::string>& texts) {
  std::printf(",\"%s\":[", name);
  const char* comma = "";
  for (const std::string& text : texts) {
    std::printf("%s%s", comma, json::quote(text).c_str());
    comma = ",";
  }
  std::printf("]");
}

void print_json(const std::string& path, const Report& report, sqlite::Database& database) {
  std::printf("{\"database\":%s,\"holds\":%s,\"rules\":[", json::quote(path).c_str(),
              report.holds ? "true" : "false");
  const char* comma = "";
  for (const inbox::Finding& finding : report.findings) {
    std::printf("%s{\"name\":%s,\"sentence\":%s,\"exceptions\":%lld}", comma,
                json::quote(finding.name).c_str(), json::quote(finding.sentence).c_str(),
                static_cast<long long>(finding.exceptions));
    comma = ",";
  }
  std::printf("],\"counters\":{");
  comma = "";
  for (const char* name : counter_names) {
    std::printf("%s\"%s\":%lld", comma, name, static_cast<long long>(counter(database, name)));
    comma = ",";
  }
  std::printf("},\"events_read\":%lld", static_cast<long long>(report.content.events));
  print_list("wrong_content", report.content.examples);
  print_list("integrity", report.complaints);
  std::printf("}\n");
}

}  // namespace

int audit(const Config& config, bool json) {
  sqlite::Database database = inbox::open_read_only(config.store.path);
  const Report report = [&] {
    const Progress progress(!json);
    return look(database, progress);
  }();
  (json ? print_json : print_text)(config.store.path, report, database);
  return report.holds ? 0 : 1;
}

}  // namespace vodeventd
