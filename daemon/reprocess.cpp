#include "daemon/reprocess.h"

#include "base/text.h"
#include "daemon/beside.h"
#include "daemon/lock.h"
#include "daemon/progress.h"
#include "inbox/open.h"
#include "inbox/reprocess.h"
#include "intake/arrival.h"
#include "json/write.h"
#include "vod/contents.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace vodeventd {
namespace {

using Result = inbox::Reprocess::Result;
using Changes = inbox::Reprocess::Changes;

// Longer than for a daemon, who has leases to keep.
constexpr std::chrono::milliseconds busy_timeout{10'000};

struct Report {
  Result result;
  inbox::Readable quarantine;
};

// How long the place is that an event had in the reply that brought it, at the beginning of what is
// told of it: EventSet[3], eventList[3].eventContent.
std::size_t place_bytes(std::string_view text) {
  for (const auto& [list, member] :
       {std::pair<std::string_view, std::string_view>{"EventSet[", "]"},
        {"eventList[", "].eventContent"}}) {
    if (!text.starts_with(list)) continue;
    const std::size_t end = text.find_first_not_of("0123456789", list.size());
    if (end != text.npos && text.substr(end).starts_with(member)) return end + member.size();
  }
  return 0;
}

// Diagnostics as those of an event that stands by itself, which is how it is read again: `$` for
// the place.  A quote inside one of the texts has a backslash before it.
std::string by_itself(std::string_view diagnostics) {
  std::string out;
  while (!diagnostics.empty()) {
    const bool first = out.ends_with("[\"") || out.ends_with(",\"");
    if (const std::size_t bytes = first ? place_bytes(diagnostics) : 0; bytes > 0) {
      out += '$';
      diagnostics.remove_prefix(bytes);
    }
    out += diagnostics.front();
    diagnostics.remove_prefix(1);
  }
  return out;
}

// What says the same of it as before is no change.
inbox::Arrival decode(const inbox::StoredEvent& event) {
  inbox::Arrival arrival = intake::read_again(event.json, event.format);
  if (by_itself(event.diagnostics) == arrival.diagnostics) arrival.diagnostics = event.diagnostics;
  return arrival;
}

bool holds_events(std::string_view raw) {
  const vod::Contents contents = vod::contents(raw);
  return std::ranges::any_of(contents.items, [](const vod::Item& item) {
    return intake::to_arrival(item.slice, item.form, item.path, item.handle).unreadable.empty();
  });
}

Report work(sqlite::Database& database, const ReprocessOptions& options, const Progress& progress) {
  inbox::Reprocess reprocess(database, decode, options.from, !options.dry_run);
  while (reprocess.next())
    progress.show("read event " + std::to_string(reprocess.at()) + " of " +
                  std::to_string(reprocess.last()) + ", " +
                  std::to_string(reprocess.result().changed) + " differ");
  progress.show("reading quarantine");
  return {reprocess.result(), inbox::readable_in_quarantine(database, holds_events)};
}

std::string number(std::int64_t count) { return std::to_string(count); }

std::string ids_of(const inbox::Readable& readable) {
  std::string text;
  for (const std::int64_t id : readable.ids) text += (text.empty() ? "" : ", ") + number(id);
  return text;
}

void print_changes(const std::string& type, const Changes& changes) {
  std::string columns;
  for (std::size_t i = 0; i < changes.of_column.size(); ++i) {
    if (changes.of_column[i] == 0) continue;
    columns.append(columns.empty() ? "" : ", ").append(inbox::Reprocess::columns[i]);
    if (changes.of_column[i] != changes.rows) columns += ' ' + number(changes.of_column[i]);
  }
  std::printf("%12lld  %s: %s\n", static_cast<long long>(changes.rows),
              base::printable(type).c_str(), columns.c_str());
}

void print_text(const std::string& path, const Report& report, bool dry_run) {
  const Result& result = report.result;
  std::printf("%s\n", base::printable(path).c_str());
  for (const auto& [type, changes] : result.types) print_changes(type, changes);
  if (result.others.rows > 0) print_changes("further types", result.others);
  std::printf("%lld events read again, %lld %s.\n", static_cast<long long>(result.events),
              static_cast<long long>(result.changed),
              dry_run ? "would change; nothing was written (--dry-run)" : "brought up to date");
  if (result.unreadable > 0)
    std::printf("%lld can't be read any more and were left alone: run vodeventd audit.\n",
                static_cast<long long>(result.unreadable));
  if (report.quarantine.rows == 0) return;
  const bool more = report.quarantine.rows > std::ssize(report.quarantine.ids);
  std::printf(
      "In quarantine %lld rows hold events that can be read now (id %s%s).  They stay there;"
      " vodeventd import takes them, too:\n"
      "  sqlite3 -readonly %s \"SELECT CAST(raw AS TEXT) FROM quarantine WHERE id IN (%s)\" |"
      " vodeventd import -\n",
      static_cast<long long>(report.quarantine.rows), ids_of(report.quarantine).c_str(),
      more ? ", …" : "", base::printable(path).c_str(), ids_of(report.quarantine).c_str());
}

std::string as_json(const Changes& changes) {
  std::string text = "\"rows\":" + number(changes.rows) + ",\"columns\":{";
  for (std::size_t i = 0; i < changes.of_column.size(); ++i) {
    if (changes.of_column[i] == 0) continue;
    if (text.back() != '{') text += ',';
    text += json::quote(inbox::Reprocess::columns[i]) + ':' + number(changes.of_column[i]);
  }
  return text + '}';
}

void print_json(const std::string& path, const Report& report, bool dry_run) {
  const Result& result = report.result;
  std::string types;
  for (const auto& [type, changes] : result.types)
    types += (types.empty() ? "" : ",") + ("{\"event_type\":" + json::quote(type)) + ',' +
             as_json(changes) + '}';
  std::printf(
      "{\"database\":%s,\"dry_run\":%s,\"events_read\":%lld,\"changed\":%lld,\"unreadable\":%lld,"
      "\"types\":[%s],\"further_types\":{%s},\"quarantine\":{\"readable\":%lld,\"ids\":[%s]}}\n",
      json::quote(path).c_str(), dry_run ? "true" : "false", static_cast<long long>(result.events),
      static_cast<long long>(result.changed), static_cast<long long>(result.unreadable),
      types.c_str(), as_json(result.others).c_str(), static_cast<long long>(report.quarantine.rows),
      ids_of(report.quarantine).c_str());
}

sqlite::Database open(const std::string& path, bool dry_run, const Progress& progress) {
  if (dry_run) return inbox::open_read_only(path);
  sqlite::Database database = inbox::open(path, [&](const inbox::Stage& stage) {
    progress.show(stage.what);
    return true;
  });
  database.busy_timeout_ms(static_cast<int>(busy_timeout.count()));
  return database;
}

}  // namespace

int reprocess(const Config& config, const ReprocessOptions& options) {
  const std::string& path = config.store.path;
  if (access(path.c_str(), F_OK) != 0)
    throw inbox::Refused("database " + path +
                         " is not there; is [store] path right, has the daemon run?");
  const std::optional<Lock> lock = options.dry_run ? std::nullopt : Lock::take(path);
  if (!lock && !options.dry_run) return refuse_beside(config, "; --dry-run looks beside it");
  const Report report = [&] {
    const Progress progress(!options.json);
    sqlite::Database database = open(path, options.dry_run, progress);
    return work(database, options, progress);
  }();
  (options.json ? print_json : print_text)(path, report, options.dry_run);
  return 0;
}

}  // namespace vodeventd
