// The daemon as its users meet it: verbs, signals, exit statuses, messages.
#include "e2e/setup.h"

#include <signal.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <thread>

namespace {

using namespace std::chrono_literals;
using Catch::Contains;

}  // namespace

TEST_CASE_METHOD(e2e::Setup, "drain stores and confirms the samples and ends with 0") {
  simulate({"--events", FIXTURES "/samples", "--hold-s", "0.2"});
  configure();
  auto process = daemon("drain");
  REQUIRE(process.wait(60s) == 0);
  simulator->signal(SIGTERM);
  REQUIRE(simulator->wait(10s));
  CHECK(number("SELECT count(*) FROM unconfirmed") == 0);
  CHECK(number("SELECT count(DISTINCT event_type) FROM events") >= 36);
  CHECK_THAT(log(), Contains("started") && Contains("stored events=") &&
                        Contains("stopped reason=\"the queue is empty\""));
}

TEST_CASE_METHOD(e2e::Setup, "SIGTERM in a long poll waits for it, so that no lease is stranded") {
  simulate({"--generate", "20", "--arrive", "1/s", "--hold-s", "5"});
  configure();
  auto process = daemon("run");
  await_log("stored events=");
  const auto before = number("SELECT count(*) FROM events");
  process.signal(SIGTERM);
  CHECK(process.wait(12s) == 0);
  simulator->signal(SIGTERM);
  REQUIRE(simulator->wait(10s));
  CHECK(number("SELECT count(*) FROM events") > before);  // what the open polls brought
  sqlite::Database memory(":memory:", sqlite::Database::Mode::create);
  std::ifstream file(ledger);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  sqlite::Statement leased(memory, "SELECT ?1 ->> '$.totals.leased'");
  sqlite::Rows rows = leased.query(text);
  REQUIRE(rows.next());
  CHECK(rows.integer(0) == 0);
  CHECK(number("SELECT count(*) FROM unconfirmed") == 0);
}

TEST_CASE_METHOD(e2e::Setup,
                 "a database that is removed underneath ends the daemon, and nothing is lost") {
  simulate({"--generate", "2000", "--arrive", "200/s", "--hold-s", "1", "--lease-s", "2",
            "--witness", database});
  configure();
  {
    auto process = daemon("run");
    await_log("stored events=");
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(database + end);
    CHECK(process.wait(15s) == 74);
    CHECK_THAT(log(), Contains("was moved or removed while in use"));
  }
}

TEST_CASE_METHOD(e2e::Setup, "SIGTERM while the database is locked ends within 10 s") {
  simulate({"--generate", "500", "--arrive", "100/s", "--hold-s", "1"});
  configure();
  auto process = daemon("run");
  await_log("stored events=");
  sqlite::Database operator_s(database, sqlite::Database::Mode::read_write);
  operator_s.busy_timeout_ms(5000);
  operator_s.run("BEGIN IMMEDIATE");
  await_log("could not store");
  process.signal(SIGTERM);
  CHECK(process.wait(12s) == 0);
  CHECK_THAT(log(), Contains("could not store") && Contains("stopped"));
}

TEST_CASE_METHOD(e2e::Setup, "a drain that is stopped before the end says so") {
  simulate({"--generate", "5000", "--arrive", "50/s", "--hold-s", "1"});
  configure();
  auto process = daemon("drain");
  await_log("stored events=");
  process.signal(SIGTERM);
  CHECK(process.wait(12s) == 69);
  CHECK_THAT(log(), Contains("reason=\"told to stop\""));
}

TEST_CASE_METHOD(e2e::Setup, "a second daemon on the same database ends with 75") {
  simulate({"--hold-s", "1"});
  configure();
  auto first = daemon("run");
  await_log("started");
  support::Process second({BINARIES "/vodeventd", "--config", (folder / "vodeventd.toml"), "run"});
  CHECK(second.wait(10s) == 75);
  CHECK_THAT(second.err(), Contains("another vodeventd"));
  first.signal(SIGTERM);
  CHECK(first.wait(12s) == 0);
}

TEST_CASE_METHOD(e2e::Setup, "with a wrong key drain ends with 69 and says what to do") {
  simulate({});
  configure({}, "wrong-key");
  auto process = daemon("drain");
  CHECK(process.wait(20s) == 69);
  CHECK_THAT(log(), Contains("AuthFailure.SignatureFailure") && Contains("advice=") &&
                        !Contains("wrong-key"));
}

TEST_CASE_METHOD(e2e::Setup, "a rotated key takes effect by SIGHUP") {
  simulate({"--generate", "20", "--hold-s", "0.2", "--exit-when-drained"});
  configure({}, "wrong-key");
  auto process = daemon("run");
  await_log("SignatureFailure");
  configure();
  process.signal(SIGHUP);
  CHECK(simulator->wait(20s) == 0);
  CHECK_THAT(log(), Contains("read configuration and credential again changed=credential"));
}

TEST_CASE_METHOD(e2e::Setup, "what stops a start ends with the status that tells so") {
  const auto start = [&](e2e::Arguments arguments, const char* home = "/nonexistent") {
    arguments.insert(arguments.begin(), BINARIES "/vodeventd");
    support::Process process(support::Process::Command{.arguments = std::move(arguments),
                                                       .environment = {std::string("HOME=") + home},
                                                       .out_file = {},
                                                       .err_file = {},
                                                       .folder = {}});
    const auto status = process.wait(20s);
    return std::pair(status, process.err() + process.out());
  };
  auto [status, text] = start({});
  CHECK(status == 64);
  std::tie(status, text) = start({"fly"});
  CHECK(status == 64);
  std::tie(status, text) = start({"explain", ""});
  CHECK(status == 64);
  CHECK_THAT(text, Contains("KEY is empty"));
  std::tie(status, text) = start({"--config", "/nonexistent.toml", "run"});
  CHECK(status == 78);
  CHECK_THAT(text, Contains("/nonexistent.toml"));
  url = "http://127.0.0.1:1";
  const std::string path = configure("interval = 3\n");
  std::tie(status, text) = start({"--config", path, "run"});
  CHECK(status == 78);
  CHECK_THAT(text, Contains("vodeventd.toml:9:1: there is no key poll.interval"));
  std::ofstream(path) << "[store]\npath = \"" << database << "\"\n";
  std::tie(status, text) = start({"--config", path, "run"});
  CHECK(status == 78);
  CHECK_THAT(text, Contains("no usable credential"));
  configure();
  std::ofstream(database) << std::string(8192, 'x');
  std::tie(status, text) = start({"--config", path, "run"});
  CHECK(status == 78);
  CHECK_THAT(text, Contains("no SQLite database"));
  std::tie(status, text) = start({"--version"});
  CHECK(status == 0);
  std::tie(status, text) = start({"--help"});
  CHECK(status == 0);
  CHECK_THAT(text, Contains("drain") && Contains("sub_app_id") && Contains("Exit status"));
}
