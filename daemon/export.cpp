#include "daemon/export.h"

#include "base/nearest.h"
#include "base/text.h"
#include "daemon/exit.h"
#include "daemon/progress.h"
#include "inbox/open.h"
#include "vod/events.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>
#include <vector>

namespace vodeventd {
namespace {

// What is read before it is written, but for the rest of an event.
constexpr std::size_t piece_bytes = std::size_t{1} << 20;

constexpr std::size_t names_max = 50;

// False when nobody reads any more.
bool write_out(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(STDOUT_FILENO, text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      pollfd ready{STDOUT_FILENO, POLLOUT, 0};
      poll(&ready, 1, -1);
    } else if (errno == EPIPE) {
      return false;
    } else if (errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "write to standard output");
    }
  }
  return true;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), names_max); ++i)
    text += (i == 0 ? "" : ", ") + base::printable(names[i]);
  return text + (names.size() > names_max ? ", …" : "");
}

// A type is right when an event has it, or might have it some day.
bool known(const std::string& type, const std::vector<std::string>& stored) {
  std::vector<std::string> names = stored;
  for (const vod::EventType& each : vod::event_types()) names.emplace_back(each.name);
  if (std::ranges::find(names, type) != names.end()) return true;
  const std::string nearest(base::nearest(type, names));
  std::fprintf(stderr, "vodeventd: there is no event type %s", base::printable(type).c_str());
  if (!nearest.empty())
    std::fprintf(stderr, "; is it %s?\n", base::printable(nearest).c_str());
  else if (stored.empty())
    std::fprintf(stderr, ", and the database has no events\n");
  else
    std::fprintf(stderr, "; the database has %s\n", joined(stored).c_str());
  return false;
}

bool all_known(sqlite::Database& database, const std::vector<std::string>& types) {
  if (types.empty()) return true;
  const std::vector<std::string> stored = inbox::event_types(database);
  return std::ranges::all_of(types, [&](const std::string& type) { return known(type, stored); });
}

void write_events(inbox::Selection& selection, const EventText& text) {
  const Progress progress(isatty(STDOUT_FILENO) != 1);
  std::string piece;
  text.append_head(piece);
  std::int64_t events = 0;
  for (bool more = true; more;) {
    more = selection.next([&](const sqlite::Rows& row) {
      text.append(row, piece);
      ++events;
      return piece.size() < piece_bytes;
    });
    if (!write_out(piece)) return;
    piece.clear();
    progress.show("exported " + std::to_string(events) + " events, looked at id " +
                  std::to_string(selection.at()) + " of " + std::to_string(selection.last()));
  }
}

}  // namespace

int export_events(const Config& config, const ExportOptions& options) {
  sqlite::Database database = inbox::open_read_only(config.store.path);
  if (!all_known(database, options.filter.types)) return exit_usage;
  signal(SIGPIPE, SIG_IGN);  // write() tells
  inbox::Selection selection(database, options.filter);
  write_events(selection, options.text);
  return 0;
}

}  // namespace vodeventd
