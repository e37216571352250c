#include "bench/setup.h"

#include "sqlite/database.h"
#include "sqlite/statement.h"

#include <signal.h>
#include <time.h>

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace bench {

using namespace std::chrono_literals;

namespace {

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

double cpu_s(const rusage& usage) {
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double cpu_s(pid_t process) {
  clockid_t clock{};
  timespec time{};
  if (clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &time) != 0)
    throw std::runtime_error("the CPU time of a process can't be read");
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

void Setup::simulate(const Arguments& more) {
  Arguments arguments = {BINARIES "/vodsim", "--secret-id", secret_id, "--secret-key",
                         secret_key,         "--ledger",    ledger};
  arguments.insert(arguments.end(), more.begin(), more.end());
  simulator = std::make_unique<support::Process>(arguments);
  const std::string ready = "vodsim: listening on ";
  const auto line = simulator->read_line(60s);  // it makes its events first
  if (!line || !line->starts_with(ready))
    throw std::runtime_error("vodsim does not start: " + simulator->err());
  url = line->substr(ready.size());
}

void Setup::end_simulation() {
  simulator->signal(SIGTERM);
  await_end(*simulator, 60s, "vodsim");
}

support::Process Setup::daemon(const std::string& verb, const std::string& endpoint,
                               const Arguments& environment) {
  const std::string key = folder.write("secret-key", secret_key + '\n');
  const std::string file = folder.write(
      "vodeventd.toml", "[api]\nendpoint = \"" + endpoint + "\"\n[credentials]\nsecret_id = \"" +
                            secret_id + "\"\nsecret_key_file = \"" + key +
                            "\"\n[store]\npath = \"" + database + "\"\n");
  Arguments variables = {"JOURNAL_STREAM="};
  variables.insert(variables.end(), environment.begin(), environment.end());
  return support::Process(
      support::Process::Command{.arguments = {BINARIES "/vodeventd", "--config", file, verb},
                                .environment = variables,
                                .out_file = {},
                                .err_file = folder / "daemon.log",
                                .folder = {}});
}

void Setup::await_end(support::Process& process, std::chrono::seconds patience,
                      const std::string& name) {
  const auto status = process.wait(patience);
  if (!status) throw std::runtime_error(name + " did not end in time");
  if (*status != 0)
    throw std::runtime_error(name + " ended with " + std::to_string(*status) + ": " +
                             process.err());
}

std::int64_t Setup::number(const std::string& query) const {
  sqlite::Database reader(database, sqlite::Database::Mode::read_only);
  reader.busy_timeout_ms(5000);
  return reader.number(query);
}

void Setup::expect_events(std::int64_t events) const {
  const std::int64_t stored = number("SELECT count(*) FROM events");
  if (stored != events)
    throw std::runtime_error(std::to_string(stored) + " events were stored, not " +
                             std::to_string(events));
}

std::int64_t ledger_total(const std::string& path, const std::string& name) {
  sqlite::Database memory(":memory:", sqlite::Database::Mode::create);
  sqlite::Statement query(memory, "SELECT ?1 ->> ('$.totals.' || ?2)");
  const std::string text = text_of(path);
  sqlite::Rows rows = query.query(text, name);
  return rows.next() ? rows.integer(0) : 0;
}

std::vector<Journey> read_ledger(const std::string& path) {
  const std::string text = text_of(path);
  sqlite::Database memory(":memory:", sqlite::Database::Mode::create);
  sqlite::Statement query(memory,
                          "SELECT value ->> '$.handles[0]', value ->> 'arrived_us',"
                          " value ->> 'pulled_us', value ->> 'confirmed_us'"
                          " FROM json_each(?1, '$.events') WHERE value ->> 'confirmed'");
  std::vector<Journey> journeys;
  const auto seconds = [](std::int64_t us) { return static_cast<double>(us) / 1e6; };
  for (sqlite::Rows rows = query.query(text); rows.next();)
    journeys.push_back({std::string(rows.text(0)), seconds(rows.integer(1)),
                        seconds(rows.integer(2)), seconds(rows.integer(3))});
  return journeys;
}

}  // namespace bench
