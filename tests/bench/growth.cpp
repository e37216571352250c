// Growth: what an inbox of many rows costs its writer, its readers, and the start.
#include "base/clock.h"
#include "bench/figures.h"
#include "bench/rows.h"
#include "bench/setup.h"
#include "bench/table.h"
#include "bench/tables.h"
#include "inbox/inbox.h"
#include "intake/arrival.h"
#include "sqlite/database.h"
#include "sqlite/statement.h"
#include "support/readme.h"
#include "support/receiver.h"
#include "support/sample.h"
#include "vod/limits.h"

#include <malloc.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <random>
#include <stdexcept>

namespace bench {
namespace {

using namespace std::chrono_literals;

double ms_of(const std::function<void()>& work) {
  base::SystemClock clock;
  const base::Instant begin = clock.now();
  work();
  return std::chrono::duration<double, std::milli>(clock.now() - begin).count();
}

// How many events a transaction brings: a reply, and what is gathered while the daemon is behind.
constexpr std::size_t transactions[] = {vod::events_per_pull_max, 400};

constexpr int rounds = 3;

using Arrivals = std::vector<inbox::Arrival>;

// So many events of 1 KB, in transactions, as the relay gives them to the inbox.
std::vector<Arrivals> arrivals(std::size_t events, std::size_t at_once, std::mt19937_64& random) {
  std::vector<Arrivals> all(events / at_once);
  base::SystemClock clock;
  for (Arrivals& transaction : all)
    for (std::size_t i = 0; i < at_once; ++i) {
      const std::string handle = std::to_string(1'000'000'000'000'000'000 + (random() >> 2));
      transaction.push_back(
          intake::to_arrival(support::sample_event(random, "TranscodeComplete", handle, 1024),
                             vod::Form::element, vod::element_path(i)));
      transaction.back().received_at = clock.utc();
      transaction.back().request_id = "16e6678d-39fe-4f00-8e61-bd8674b6331b";
    }
  return all;
}

struct Inserted {
  std::vector<double> per_s, cpu_us;  // of each round
};

// Each transaction with the confirms of the one before, as a drain has it.
void insert(const std::string& path, const std::vector<Arrivals>& all, Inserted& inserted) {
  base::SystemClock clock;
  inbox::Inbox inbox(path, {}, clock);
  inbox.check_writable();
  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  const double ms = ms_of([&] {
    for (const Arrivals& transaction : all) {
      inbox.save(transaction);
      std::vector<std::string> handles;
      for (const inbox::Arrival& arrival : transaction) handles.push_back(arrival.handle);
      inbox.confirm_sent(handles);
      inbox.confirm_done(handles, inbox::Confirm::confirmed, "", transaction[0].request_id);
    }
    inbox.flush();
  });
  getrusage(RUSAGE_SELF, &after);
  const auto events = static_cast<double>(all.size() * all[0].size());
  inserted.per_s.push_back(events / ms * 1000);
  inserted.cpu_us.push_back((cpu_s(after) - cpu_s(before)) * 1e6 / events);
}

// Inserts into the database and into an empty one by turns, since the machine is not as fast at all
// times; adds what came of it to a row of the table.
void compare(const Setup& setup, std::size_t events, std::vector<std::string>& row) {
  std::mt19937_64 random(std::random_device{}());  // what was inserted before does not come again
  for (const std::size_t at_once : transactions) {
    Inserted here, empty;
    for (int round = 0; round < rounds; ++round) {
      const support::TempFolder folder;
      insert(folder / "events.db", arrivals(events, at_once, random), empty);
      insert(setup.database, arrivals(events, at_once, random), here);
    }
    const double per_s = median(here.per_s), of_empty = per_s / median(empty.per_s);
    row.insert(row.end(),
               {fixed(per_s, 0), fixed(of_empty * 100, 0) + " %", fixed(median(here.cpu_us), 1)});
  }
}

// One of them names a file: one that is there.
std::string about_a_file(std::string query, sqlite::Database& database) {
  const std::string before = "file_id = '";
  const std::size_t at = query.find(before);
  if (at == query.npos) return query;
  const std::size_t begin = at + before.size();
  return query.replace(begin, query.find('\'', begin) - begin,
                       database.text("SELECT file_id FROM events WHERE event_type ="
                                     " 'TranscodeComplete' ORDER BY id DESC LIMIT 1 OFFSET 100"));
}

double query_ms(sqlite::Database& database, const std::string& query) {
  std::vector<double> times;
  double all = 0;
  while (times.size() < 7 && (times.empty() || all < 5000)) {
    times.push_back(ms_of([&] { sqlite::Statement(database, query).run(); }));
    all += times.back();
  }
  return median(times);
}

// From the start of the process to its word that it is ready.
double start_ms(Setup& setup) {
  support::Receiver manager(setup.folder / "notify");
  std::vector<double> times;
  for (int i = 0; i < 5; ++i) {
    base::SystemClock clock;
    const base::Instant begin = clock.now();
    support::Process daemon =
        setup.daemon("run", "http://127.0.0.1:9", {"NOTIFY_SOCKET=" + manager.path()});
    for (;;) {
      const auto told = manager.next(60s);
      if (!told) throw std::runtime_error("the daemon does not get ready");
      if (told->find("READY=1") != std::string::npos) break;
    }
    times.push_back(std::chrono::duration<double, std::milli>(clock.now() - begin).count());
    daemon.signal(SIGTERM);
    Setup::await_end(daemon, 20s, "the daemon");
    while (manager.next(0ms)) {
    }
  }
  unlink(manager.path().c_str());
  return median(times);
}

// Leaves nothing behind that others would pay for: neither pages that are still to be written, nor
// memory, since a process takes the longer to start the more its parent holds.
void grow(const std::string& path, std::int64_t size) {
  if (size > 0) fill(path, size);
  malloc_trim(0);
  sync();
}

std::vector<std::string> head(std::size_t queries) {
  std::vector<std::string> all = {"rows"};
  for (const std::size_t at_once : transactions)
    all.insert(all.end(), {"per s by " + std::to_string(at_once), "of empty", "CPU us"});
  all.emplace_back("start ms");
  for (std::size_t i = 1; i <= queries; ++i) all.push_back("Q" + std::to_string(i) + " ms");
  return all;
}

}  // namespace

void growth(const Extent& extent) {
  const std::size_t events = extent.quick ? 8'000 : 32'000;
  const std::vector<std::int64_t> sizes =
      extent.quick ? std::vector<std::int64_t>{0, 100'000, 1'000'000}
                   : std::vector<std::int64_t>{0, 1'000'000, 5'000'000, 10'000'000};
  const std::vector<std::string> queries = support::documented_queries(SOURCE "/README.md");
  Table table("Growth: inserts with their confirms, start-up, and the queries of README",
              head(queries.size()));
  Setup setup;
  for (const std::int64_t size : sizes) {
    grow(setup.database, size);
    progress("measuring with " + grouped(size) + " rows");
    std::vector<std::string> row = {grouped(size)};
    compare(setup, events, row);
    sync();  // what was deleted is not to be written while something else is measured
    row.push_back(fixed(start_ms(setup), 1));
    sqlite::Database reader(setup.database, sqlite::Database::Mode::read_only);
    reader.busy_timeout_ms(5000);
    for (const std::string& query : queries)
      row.push_back(fixed(query_ms(reader, about_a_file(query, reader)), 2));
    table.row(row);
  }
  table.note("Inserts: " + grouped(static_cast<std::int64_t>(events)) +
             " events of 1 KB, so many per transaction, each transaction synced; by turns with an"
             " empty database.  Ids are random, which is the worst case.  Medians throughout.");
  for (std::size_t i = 0; i < queries.size(); ++i)
    table.note("Q" + std::to_string(i + 1) + "  " + queries[i]);
  table.print();
}

}  // namespace bench
