// A start that has much to do first: killed in it, told to the service manager, ended by a signal.
#include "faults/disk.h"
#include "inbox/old_database.h"
#include "support/receiver.h"

namespace {

using namespace faults;
using Catch::Contains;

struct Migration : DiskSetup {
  Migration() {
    simulate({"--hold-s", "0.5"});
    configure();
  }

  void check_rows(int events) const {
    CHECK(number("SELECT count(*) FROM events JOIN payloads ON event_id = id") == events);
    CHECK(number("PRAGMA user_version") == static_cast<int>(inbox::migration_count));
    sqlite::Database reader(database, sqlite::Database::Mode::read_only);
    CHECK(reader.text("PRAGMA integrity_check") == "ok");
  }

  // Starts again and again; each start is killed some writes later than the one before, until one
  // gets through.  Gives how many were killed.
  int kill_at_writes(const std::string& suffix, int distance) {
    for (int killed = 0;; ++killed) {
      broken.rule("write " + suffix + " KILL " + std::to_string(killed * distance));
      start_on_broken_disk();
      while (process->running() && logged("started") == 0) std::this_thread::sleep_for(5ms);
      broken.mend();
      process->signal(SIGKILL);
      REQUIRE(process->wait(patience) == 128 + SIGKILL);
      if (logged("started") > 0) return killed;
      REQUIRE(killed < 100);
    }
  }

  // A migration that takes seconds: what it deletes sets off a trigger that counts far.
  void make_slow() const {
    inbox_fixture::make_old(database, 1, 10, 100);
    sqlite::Database(database, sqlite::Database::Mode::read_write)
        .run(
            "INSERT INTO payloads VALUES (999, '{}');"
            "CREATE VIEW far AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
            " LIMIT 15000000) SELECT max(i) AS i FROM n;"
            "CREATE TRIGGER slow AFTER DELETE ON payloads BEGIN SELECT i FROM far; END");
  }
};

}  // namespace

TEST_CASE_METHOD(Migration, "fault 45: killed while a database is written anew, it is sound",
                 "[disk]") {
  inbox_fixture::make_old(database, 2, 300, 2000);
  SECTION("in the log") { CHECK(kill_at_writes("-wal", 40) > 3); }
  SECTION("in the file") { CHECK(kill_at_writes("events.db", 40) > 0); }
  check_rows(300);
  CHECK(number("PRAGMA auto_vacuum") == 2);
}

TEST_CASE_METHOD(Migration, "a database that has no room to be written anew stays as it is",
                 "[disk]") {
  const SmallDisk disk(folder / "disk", "24m");
  database = folder / "disk/events.db";
  configure();
  inbox_fixture::make_old(database, 2, 300, 2000);
  start();
  await_log("started");
  stop();
  check_rows(300);
  CHECK(number("PRAGMA auto_vacuum") == 0);
}

TEST_CASE_METHOD(Migration, "the service manager waits for a migration, and may end it",
                 "[process]") {
  support::Receiver manager(folder / "notify");
  make_slow();
  start({"NOTIFY_SOCKET=" + manager.path()});
  const bool ended = GENERATE(false, true);
  int extended = 0, told = 0;
  for (auto text = manager.next(patience); text && *text != "READY=1";
       text = manager.next(patience)) {
    extended += text->starts_with("EXTEND_TIMEOUT_USEC=") && text->size() > 27;
    told += *text ==
            "STATUS=bringing the database to version " + std::to_string(inbox::migration_count);
    if (ended && extended == 1) process->signal(SIGTERM);
    if (ended && process->wait(100ms)) break;
  }
  if (ended) {
    CHECK(process->wait(patience) == 0);
    CHECK_THAT(log(), Contains("stopped reason=") && Contains("was not opened to the end"));
    CHECK(number("PRAGMA user_version") == 1);
    return;
  }
  CHECK(told == 1);
  CHECK(extended > 3);
  stop();
  check_rows(10);
}
