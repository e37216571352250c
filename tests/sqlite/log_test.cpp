#include "sqlite/database.h"
#include "sqlite/transaction.h"
#include "support/temp_folder.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <string>

namespace {

// What this process has given to write() so far.
std::int64_t bytes_written() {
  std::ifstream file("/proc/self/io");
  std::string name;
  for (std::int64_t value = 0; file >> name >> value;)
    if (name == "wchar:") return value;
  return -1;
}

struct Logged {
  support::TempFolder folder;
  sqlite::Database database{folder / "t.db", sqlite::Database::Mode::create};

  Logged() {
    database.run("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (x)");
  }

  std::int64_t made_durable() {
    const sqlite::Transaction transaction(database);
    const std::int64_t before = bytes_written();
    database.make_log_durable();
    return bytes_written() - before;
  }
};

}  // namespace

TEST_CASE_METHOD(Logged, "of a log all that is valid is written again, and nothing else") {
  database.run("INSERT INTO t VALUES (zeroblob(1000000))");
  const std::int64_t whole = made_durable();
  CHECK(whole > 1'000'000);
  CHECK(whole < 1'100'000);
  database.run("PRAGMA wal_checkpoint(RESTART); INSERT INTO t VALUES (1)");
  const std::int64_t rest = made_durable();
  CHECK(rest > 4096);
  CHECK(rest < 20'000);
  CHECK(database.text("PRAGMA integrity_check") == "ok");
  CHECK(database.number("SELECT count(*) FROM t") == 2);
}

TEST_CASE_METHOD(Logged, "a log that is empty is left empty") {
  database.run("PRAGMA wal_checkpoint(TRUNCATE)");
  CHECK(made_durable() == 0);
}
