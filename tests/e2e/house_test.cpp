// Keeping house: retention and backups beside a daemon at work.
#include "e2e/setup.h"

#include <signal.h>
#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>

namespace {

using namespace std::chrono_literals;
using Catch::Contains;

struct House : e2e::Setup {
  std::string copy = folder / "copy.db";

  void start_simulator(e2e::Arguments more) {
    e2e::Arguments arguments = {"--hold-s", "0.5", "--lease-s", "2",
                                "--rate",   "0",   "--witness", database};
    arguments.insert(arguments.end(), more.begin(), more.end());
    simulate(arguments);
  }

  // The verdict of audit on another database.
  std::optional<int> audit_of(const std::string& path) {
    std::string text;
    {
      std::ifstream file(folder / "vodeventd.toml");
      text.assign(std::istreambuf_iterator<char>(file), {});
    }
    text.replace(text.find(database), database.size(), path);
    support::Process audit(
        {BINARIES "/vodeventd", "--config", folder.write("copy.toml", text), "audit"});
    const auto status = audit.wait(60s);
    CAPTURE(audit.out(), audit.err());
    CHECK_THAT(audit.out(), Contains("The promise holds"));
    return status;
  }

  std::int64_t total(const std::string& name) const {
    sqlite::Database memory(":memory:", sqlite::Database::Mode::create);
    std::ifstream file(ledger);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    sqlite::Statement query(memory, "SELECT ?1 ->> ('$.totals.' || ?2)");
    sqlite::Rows rows = query.query(text, name);
    REQUIRE(rows.next());
    return rows.integer(0);
  }

  // Each row is a delivery of the simulator's, of an event that it has confirms of.
  void check_rows_in_ledger() const {
    sqlite::Database memory(":memory:", sqlite::Database::Mode::create);
    std::ifstream file(ledger);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    memory.run("CREATE TABLE ledger (handle TEXT PRIMARY KEY, event INTEGER)");
    sqlite::Statement(memory,
                      "INSERT INTO ledger SELECT h.value, e.value ->> 'index'"
                      " FROM json_each(?1, '$.events') e, json_each(e.value, '$.handles') h")
        .run(text);
    memory.run("ATTACH '" + database + "' AS inbox");
    CHECK(memory.number("SELECT count(*) FROM inbox.events LEFT JOIN ledger"
                        " ON handle = event_handle WHERE handle IS NULL") == 0);
    CHECK(memory.number("SELECT count(*) FROM (SELECT event FROM ledger JOIN inbox.events e"
                        " ON handle = event_handle GROUP BY event"
                        " HAVING count(DISTINCT coalesce(redelivery_of, id)) <> 1)") == 0);
  }
};

}  // namespace

TEST_CASE_METHOD(House, "a queue of 5000 drains through a database that keeps 500") {
  start_simulator({"--generate", "5000", "--event-bytes", "4000", "--redeliver", "5", "--lose",
                   "lease", "--exit-when-drained"});
  configure("[retention]\nrows = 500\n");
  auto process = daemon("run");
  await_log("deleted what is beyond [retention]");
  std::int64_t most = 0;
  while (simulator->running()) most = std::max(most, number("SELECT count(*) FROM events"));
  CHECK(simulator->wait(60s) == 0);
  CHECK(most < 2000);
  for (int i = 0; i < 600 && number("SELECT count(*) FROM events") > 500; ++i)
    std::this_thread::sleep_for(50ms);
  CHECK(number("SELECT count(*) FROM events") <= 500);
  process.signal(SIGTERM);
  CHECK(process.wait(15s) == 0);

  CHECK(total("confirmed") == 5000);
  CHECK(total("witness_violations") == 0);
  CHECK(number("SELECT stored FROM counters") == 5000);
  CHECK(number("SELECT count(*) FROM unconfirmed") == 0);
  check_rows_in_ledger();
  CHECK(print("audit").status == 0);
  CHECK(std::filesystem::file_size(database) < 12'000'000);
  CHECK_THAT(log(), !Contains("<2>") && !Contains("<3>"));
}

TEST_CASE_METHOD(House, "a bound that comes with SIGHUP takes effect, and the file gets smaller") {
  start_simulator({"--generate", "3000", "--event-bytes", "4000", "--exit-when-drained"});
  configure();
  auto process = daemon("run");
  REQUIRE(simulator->wait(60s) == 0);
  await_log("stored events=");
  CHECK(number("SELECT count(*) FROM events") == 3000);
  const auto before = number("PRAGMA page_count");
  configure("[retention]\nbytes = 4000000\n");
  process.signal(SIGHUP);
  await_log("deleted what is beyond [retention]");
  CHECK(number("PRAGMA page_count") < before / 2);
  CHECK(number("SELECT count(*) FROM events") > 100);
  process.signal(SIGTERM);
  CHECK(process.wait(15s) == 0);
  CHECK(print("audit").status == 0);
}

TEST_CASE_METHOD(House, "a backup beside the daemon at work is a database of its own") {
  start_simulator({"--generate", "5000", "--event-bytes", "2000"});
  configure("[retention]\nrows = 1000\n");
  auto process = daemon("run");
  await_log("stored events=");
  for (int i = 0; i < 3; ++i) {
    const std::string each = copy + std::to_string(i);
    const auto printed = print("backup", {each});
    CAPTURE(log());
    REQUIRE(printed.status == 0);
    CHECK_THAT(printed.text, Contains(each + ", version ") && Contains(" events, the last is "));
    struct stat status {};
    REQUIRE(stat(each.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0640);
    for (const char* end : {"-wal", "-shm", "-journal", ".part"})
      CHECK_FALSE(std::filesystem::exists(each + end));
    CHECK(audit_of(each) == 0);
  }
  process.signal(SIGTERM);
  CHECK(process.wait(15s) == 0);
  const auto again = print("backup", {copy + "0"});
  CHECK(again.status == 64);
  CHECK_THAT(log(), Contains("is there and was left alone: name another file"));
  CHECK(audit_of(copy + "0") == 0);
}

TEST_CASE_METHOD(House, "a daemon works on from a backup that takes its database's place") {
  start_simulator({"--generate", "300"});
  configure();
  REQUIRE(daemon("drain").wait(60s) == 0);
  REQUIRE(print("backup", {copy}).status == 0);
  for (const char* end : {"-wal", "-shm"}) std::filesystem::remove(database + end);
  std::filesystem::rename(copy, database);
  REQUIRE(daemon("drain").wait(60s) == 0);
  CHECK(number("SELECT count(*) FROM events") == 300);
  CHECK(print("audit").status == 0);
}

TEST_CASE_METHOD(House, "of a backup that can't be made nothing is left") {
  url = "http://127.0.0.1:1";
  configure();
  CHECK(print("backup", {copy}).status == 78);  // there is no database
  { sqlite::Database(database, sqlite::Database::Mode::create); }
  CHECK(print("backup", {folder / "nowhere/copy.db"}).status == 78);
  CHECK_FALSE(std::filesystem::exists(copy));
  CHECK_FALSE(std::filesystem::exists(copy + ".part"));
}

TEST_CASE_METHOD(House, "a backup writes over nothing but what a backup has left") {
  start_simulator({"--generate", "20"});
  configure();
  REQUIRE(daemon("drain").wait(60s) == 0);
  const std::string part = copy + ".part";
  std::filesystem::create_hard_link(database, part);
  CHECK(print("backup", {copy}).status == 74);
  CHECK_THAT(log(), Contains("copy.db.part is not left of a backup"));
  CHECK(print("audit").status == 0);
  std::filesystem::remove(part);
  folder.write("copy.db.part", "a part");
  const auto printed = print("backup", {folder / "./copy.db"});
  CHECK(printed.status == 0);
  CHECK(audit_of(copy) == 0);
}

TEST_CASE_METHOD(House, "a database with the name of a backup's part is left alone") {
  database = copy + ".part";
  start_simulator({"--generate", "20"});
  configure();
  REQUIRE(daemon("drain").wait(60s) == 0);
  CHECK(print("backup", {copy}).status == 74);
  CHECK(print("audit").status == 0);
}

TEST_CASE_METHOD(House, "a backup's name can't speak to the terminal") {
  start_simulator({"--generate", "20"});
  configure();
  REQUIRE(daemon("drain").wait(60s) == 0);
  const std::string odd = folder / "\033[31mcopy.db";
  const auto printed = print("backup", {odd});
  CHECK(printed.status == 0);
  CHECK_THAT(printed.text, Contains("\\x1b[31mcopy.db, version ") && !Contains("\033"));
}
