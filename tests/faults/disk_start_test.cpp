// Databases that must not be touched, and processes killed where it hurts: faults 42, 44 and 45.
#include "faults/disk.h"
#include "sqlite/statement.h"

namespace {

using namespace faults;
using Catch::Contains;

struct Start : DiskSetup {
  // A database that a daemon has filled and left.
  void make_database() {
    queue(40, {"--exit-when-drained"});
    configure();
    start();
    REQUIRE(simulator->wait(patience) == 0);
    stop();
    sqlite::Database(database, sqlite::Database::Mode::read_write)
        .run("PRAGMA wal_checkpoint(TRUNCATE)");
  }

  // A start that is refused and leaves the file as it is, byte for byte.
  void check_refused() {
    const std::string before = bytes_of(database);
    start();
    CHECK(process->wait(patience) == 78);
    CHECK(bytes_of(database) == before);
    CHECK(bytes_of(database + "-wal").empty());
  }

  // Starts again and again; each start is killed one sync later than the one before.  Gives how
  // many were killed before one lived long enough to store events, or found all confirmed by the
  // one before; that one is killed too.
  int kill_at_each_sync(const std::string& suffix) {
    for (int killed = 0;; ++killed) {
      broken.rule("sync " + suffix + " KILL " + std::to_string(killed));
      start_on_broken_disk();
      std::optional<int> status;
      while (!status && logged("stored events=") == 0 && simulator->running())
        status = process->wait(20ms);
      broken.mend();
      process->signal(SIGKILL);
      REQUIRE(process->wait(patience) == 128 + SIGKILL);
      if (!status) return killed;
      REQUIRE(killed < 100);
    }
  }
};

}  // namespace

TEST_CASE_METHOD(Start, "fault 42: a damaged database is left alone, with advice", "[disk]") {
  make_database();
  std::fstream file(database, std::ios::in | std::ios::out | std::ios::binary);
  SECTION("its first page") {
    file.seekp(100);
    file << std::string(3000, '\xAA');
    file.close();
    check_refused();
    CHECK_THAT(log(), Contains("is damaged") && Contains(".recover") && Contains("left alone"));
  }
  SECTION("its first bytes") {
    file << "not SQLite at all";
    file.close();
    check_refused();
    CHECK_THAT(log(), Contains("is no SQLite database; it was left alone"));
  }
}

TEST_CASE_METHOD(Start, "fault 44: a database of a newer program is left alone", "[disk]") {
  make_database();
  sqlite::Database newer(database, sqlite::Database::Mode::read_write);
  newer.run("PRAGMA user_version = 99");
  newer.run("PRAGMA wal_checkpoint(TRUNCATE)");
  check_refused();
  CHECK_THAT(log(), Contains("has version 99") && Contains("install the newer vodeventd again"));
}

TEST_CASE_METHOD(Start, "fault 45: killed at each sync of a first start, it converges", "[disk]") {
  queue(60, {"--exit-when-drained"});
  configure();
  CHECK(kill_at_each_sync(GENERATE("events.db", "-wal")) > 0);
  start();
  check_recovery(60);
}

TEST_CASE_METHOD(Start, "fault 45: killed at each sync of an upgrade, it converges", "[disk]") {
  queue(60, {"--exit-when-drained"});
  configure();
  {
    sqlite::Database old(database, sqlite::Database::Mode::create);
    old.run("PRAGMA journal_mode = WAL");
    old.run(bytes_of(SOURCE "/schema/inbox-1.sql"));
    old.run(
        "PRAGMA user_version = 1; INSERT INTO quarantine (reason, received_at, stored_at,"
        " pull_request_id, fingerprint, raw) VALUES ('kept', '2026-01-01T00:00:00.000Z',"
        " '2026-01-01T00:00:00.000Z', 'r', zeroblob(32), x'7b7d')");
  }
  CHECK(kill_at_each_sync("-wal") > 0);
  CHECK(number("SELECT count(*) FROM quarantine WHERE reason = 'kept'") == 1);
  sqlite::Database(database, sqlite::Database::Mode::read_write).run("DELETE FROM quarantine");
  start();
  check_recovery(60);
}

TEST_CASE_METHOD(DiskSetup, "fault 45: killed in a checkpoint, nothing is lost", "[disk]") {
  queue(3000, {"--rate", "0", "--exit-when-drained"});
  configure();
  for (int skip = 0; skip < 3; ++skip) {
    broken.rule("write events.db KILL " + std::to_string(40 * skip));
    start_on_broken_disk();
    REQUIRE(process->wait(patience) == 128 + SIGKILL);
    broken.mend();
  }
  start();
  check_recovery(3000);
}

TEST_CASE_METHOD(DiskSetup, "fault 45: killed between store and confirm, events come again",
                 "[disk]") {
  queue(100, {"--fault", "silent:1@ConfirmEvents", "--exit-when-drained"});
  configure();
  start();
  await_total("faults", 1);
  process->signal(SIGKILL);
  REQUIRE(process->wait(patience) == 128 + SIGKILL);
  CHECK(number("SELECT count(*) FROM unconfirmed") > 0);
  start();
  check_recovery(100);
}
