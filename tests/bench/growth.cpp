// Growth: what an inbox of many rows costs its writer, its readers, and the start.
#include "base/clock.h"
#include "bench/figures.h"
#include "bench/rows.h"
#include "bench/setup.h"
#include "bench/table.h"
#include "bench/tables.h"
#include "inbox/inbox.h"
#include "relay/arrival.h"
#include "sqlite/database.h"
#include "sqlite/statement.h"
#include "support/readme.h"
#include "support/receiver.h"
#include "support/sample.h"
#include "vod/limits.h"

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

// So many replies with 16 events of 1 KB, as the relay gives them to the inbox.
std::vector<std::vector<inbox::Arrival>> replies(std::size_t count, std::mt19937_64& random) {
  std::vector<std::vector<inbox::Arrival>> all(count);
  base::SystemClock clock;
  for (auto& arrivals : all)
    for (std::size_t i = 0; i < vod::events_per_pull_max; ++i) {
      const std::string handle = std::to_string(1'000'000'000'000'000'000 + (random() >> 2));
      arrivals.push_back(
          relay::to_arrival(support::sample_event(random, "TranscodeComplete", handle, 1024), i));
      arrivals.back().received_at = clock.utc();
      arrivals.back().request_id = "16e6678d-39fe-4f00-8e61-bd8674b6331b";
    }
  return all;
}

struct Inserted {
  double per_s = 0;
  double cpu_us = 0;
};

// Each transaction with the confirms of the one before, as a drain has it.
Inserted insert(const std::string& path, std::size_t count, std::mt19937_64& random) {
  base::SystemClock clock;
  inbox::Inbox inbox(path, {}, clock);
  inbox.check_writable();
  const auto all = replies(count, random);
  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  const double ms = ms_of([&] {
    for (const auto& arrivals : all) {
      inbox.save(arrivals);
      std::vector<std::string> handles;
      for (const inbox::Arrival& arrival : arrivals) handles.push_back(arrival.handle);
      inbox.confirm_sent(handles);
      inbox.confirm_done(handles, inbox::Confirm::confirmed, "", arrivals[0].request_id);
    }
    inbox.flush();
  });
  getrusage(RUSAGE_SELF, &after);
  const double events = static_cast<double>(count * vod::events_per_pull_max);
  return {events / ms * 1000, (cpu_s(after) - cpu_s(before)) * 1e6 / events};
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

}  // namespace

void growth(const Extent& extent) {
  const std::size_t batches = extent.quick ? 500 : 2000;
  const std::vector<std::int64_t> sizes =
      extent.quick ? std::vector<std::int64_t>{0, 100'000, 1'000'000}
                   : std::vector<std::int64_t>{0, 1'000'000, 5'000'000, 10'000'000};
  const std::vector<std::string> queries = support::documented_queries(SOURCE "/README.md");
  std::vector<std::string> head = {"rows", "inserts/s", "of empty", "CPU us", "start ms"};
  for (std::size_t i = 0; i < queries.size(); ++i)
    head.push_back("Q" + std::to_string(i + 1) + " ms");
  Table table("Growth: inserts with their confirms, start-up, and the queries of README", head);
  Setup setup;
  std::mt19937_64 random(1);
  double empty_per_s = 0;
  for (const std::int64_t size : sizes) {
    if (size > 0) fill(setup.database, size);
    progress("measuring with " + grouped(size) + " rows");
    const Inserted inserted = insert(setup.database, batches, random);
    if (size == 0) empty_per_s = inserted.per_s;
    std::vector<std::string> row = {grouped(size), fixed(inserted.per_s, 0),
                                    fixed(inserted.per_s / empty_per_s * 100, 0) + " %",
                                    fixed(inserted.cpu_us, 1), fixed(start_ms(setup), 1)};
    sqlite::Database reader(setup.database, sqlite::Database::Mode::read_only);
    reader.busy_timeout_ms(5000);
    for (const std::string& query : queries)
      row.push_back(fixed(query_ms(reader, about_a_file(query, reader)), 2));
    table.row(row);
  }
  table.note("Inserts: 16 events of 1 KB per transaction, each synced, " +
             grouped(static_cast<std::int64_t>(batches)) +
             " transactions.  Medians of queries and starts.");
  for (std::size_t i = 0; i < queries.size(); ++i)
    table.note("Q" + std::to_string(i + 1) + "  " + queries[i]);
  table.print();
}

}  // namespace bench
