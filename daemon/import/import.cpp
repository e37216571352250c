#include "daemon/import/import.h"

#include "base/text.h"
#include "daemon/beside.h"
#include "daemon/exit.h"
#include "daemon/import/report.h"
#include "daemon/import/taker.h"
#include "daemon/lock.h"
#include "daemon/progress.h"
#include "daemon/signals.h"
#include "import/input.h"
#include "import/splitter.h"
#include "inbox/inbox.h"
#include "inbox/stage.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <system_error>

namespace vodeventd {
namespace {

void complain(const std::string& text) {
  std::fprintf(stderr, "%s\n", base::printable(text).c_str());
}

// Whether this is the database, or a file beside it: closing it would drop SQLite's locks on it.
bool is_of_database(const std::string& file, const std::string& database) {
  struct stat status {};
  if ((file == "-" ? fstat(STDIN_FILENO, &status) : stat(file.c_str(), &status)) != 0) return false;
  constexpr const char* suffixes[] = {"", "-wal", "-shm", "-ballast", ".lock"};
  return std::any_of(std::begin(suffixes), std::end(suffixes), [&](const char* suffix) {
    struct stat other {};
    return stat((database + suffix).c_str(), &other) == 0 && other.st_dev == status.st_dev &&
           other.st_ino == status.st_ino;
  });
}

class Import {
 public:
  Import(const Config& config, const ImportOptions& options)
      : database_(config.store.path), options_(options), progress_(true), begun_(clock_.now()) {
    if (options.dry_run) return;
    const auto tell = [&](const inbox::Stage& stage) {
      progress_.show(stage.what);
      return !signals_.next();
    };
    inbox_.emplace(database_, config.api.sub_app_id, clock_, inbox::Inbox::ballast_bytes, tell);
  }

  int run() {
    std::vector<std::string> files = options_.files;
    if (files.empty()) files.emplace_back("-");
    for (const std::string& file : files) {
      take_file(file);
      if (signal_) break;
    }
    if (options_.json || files.size() > 1) print_total();
    if (signal_) return exit_unavailable;
    return all_taken_ ? 0 : 1;
  }

 private:
  void take_file(const std::string& file) {
    if (file == "-" && isatty(STDIN_FILENO) == 1) complain("vodeventd: reads standard input");
    Report report;
    report.file = file;
    if (is_of_database(file, database_))
      report.trouble = "belongs to the database that is imported into: name another file";
    else
      read_or_tell(report);
    finish(report);
    events_before_ += report.events;
    all_taken_ = all_taken_ && report.all_taken();
  }

  void finish(const Report& report) {
    progress_.show("");
    tell_end(report);
    print(report);
    total_.add(report);
  }

  // What the store could not take ends all; what it took before is told first.
  void read_or_tell(Report& report) try { read(report); } catch (const std::system_error&) {
    report.trouble =
        "could not go on; what was taken is stored, and the same command again takes"
        " the rest";
    finish(report);
    if (options_.files.size() > 1) print_total();
    throw;
  }

  void read(Report& report) {
    import::Input input(report.file);
    import::Splitter splitter;
    Taker taker(report, inbox_ ? &*inbox_ : nullptr, clock_, [&](const Problem& problem) {
      progress_.show("");
      complain(as_line(problem, report.file));
    });
    while (const auto chunk = next_chunk(input)) {
      splitter.feed(*chunk);
      while (const auto piece = splitter.next()) taker.take(*piece);
      show_progress(report, input);
    }
    if (!signal_) splitter.end();
    while (const auto piece = splitter.next()) taker.take(*piece);
    taker.flush();
    report.packed = input.packed();
    report.bytes = input.bytes_read();
    report.trouble = input.trouble();
  }

  // None at the end of the file, and when a signal has come.
  std::optional<std::string_view> next_chunk(import::Input& input) {
    if (input.await(signals_.descriptor())) return input.read();
    signal_ = signals_.next();
    return signal_ ? std::nullopt : std::optional<std::string_view>("");
  }

  void show_progress(const Report& report, const import::Input& input) {
    const base::Instant now = clock_.now();
    if (now - shown_ < std::chrono::milliseconds(200)) return;
    shown_ = now;
    const auto ms = std::max<std::int64_t>(
        1, std::chrono::duration_cast<std::chrono::milliseconds>(now - begun_).count());
    const std::uint64_t events = events_before_ + report.events;
    std::string text = base::printable(report.file) + ": ";
    if (input.bytes().value_or(0) > 0)
      text += std::to_string(input.bytes_read() * 100 / *input.bytes()) + " %, ";
    text += std::to_string(input.bytes_read() >> 20) + " MiB, " + std::to_string(events) +
            " events, " + std::to_string(events * 1000 / static_cast<std::uint64_t>(ms)) + "/s";
    progress_.show(text);
  }

  void tell_end(const Report& report) const {
    if (report.problem_count > report.problems.size())
      complain(report.file + ": and " +
               std::to_string(report.problem_count - report.problems.size()) + " more like these");
    if (!report.trouble.empty()) complain(report.file + ": " + report.trouble);
    if (signal_)
      complain("vodeventd: ended by a signal in " + report.file + ", " +
               std::to_string(report.bytes) + " bytes into it; what was taken is stored, and the" +
               " same command again takes the rest");
  }

  void print(const Report& report) const {
    if (options_.json)
      std::printf("{%s}\n", as_json(report).c_str());
    else
      std::printf("%s\n", base::printable(as_text(report, options_.dry_run)).c_str());
    std::fflush(stdout);
  }

  void print_total() {
    if (options_.json) {
      std::printf("{\"total\":{%s}}\n", as_json(total_).c_str());
      return;
    }
    total_.file = "total";
    print(total_);
  }

  std::string database_;
  const ImportOptions& options_;
  base::SystemClock clock_;
  Signals signals_;
  Progress progress_;
  std::optional<inbox::Inbox> inbox_;
  base::Instant begun_, shown_;
  Report total_;
  std::uint64_t events_before_ = 0;
  bool all_taken_ = true;
  std::optional<int> signal_;
};

}  // namespace

int import_files(const Config& config, const ImportOptions& options) try {
  if (options.dry_run) return Import(config, options).run();
  const std::optional<Lock> lock = Lock::take(config.store.path);
  if (!lock) return refuse_beside(config, "; --dry-run looks beside it");
  return Import(config, options).run();
} catch (const inbox::Interrupted& error) {
  complain(std::string("vodeventd: ended by a signal: ") + error.what());
  return exit_unavailable;
}

}  // namespace vodeventd
