#include "sqlite/backup.h"

#include "sqlite/transaction.h"
#include "support/temp_folder.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

namespace {

struct Fixture {
  support::TempFolder folder;
  std::string copy = folder.write("copy.db", "");
  sqlite::Database writer{folder / "t.db", sqlite::Database::Mode::create};
  sqlite::Database source = make();

  sqlite::Database make() {
    writer.run("PRAGMA journal_mode = WAL; CREATE TABLE t (id INTEGER PRIMARY KEY, x)");
    write(1000);
    return {folder / "t.db", sqlite::Database::Mode::read_only};
  }
  void write(int rows) {
    sqlite::Transaction transaction(writer);
    for (int i = 0; i < rows; ++i) writer.run("INSERT INTO t (x) VALUES (randomblob(1000))");
    transaction.commit();
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a copy is of one moment, however much is written meanwhile") {
  int steps = 1;
  {
    sqlite::Backup backup(source, copy);
    while (backup.step(10)) {
      CHECK(backup.pages_left() < backup.pages());
      write(20);
      ++steps;
    }
    CHECK(backup.finish().empty());
  }
  CHECK(steps < 50);  // begun anew with each write it would not end
  CHECK(writer.number("SELECT count(*) FROM t") > 1000);
  sqlite::Database reader(copy, sqlite::Database::Mode::read_only);
  CHECK(reader.number("SELECT count(*) FROM t") == 1000);
  CHECK(reader.text("PRAGMA journal_mode") == "delete");
  CHECK(reader.text("PRAGMA integrity_check") == "ok");
  CHECK_FALSE(std::filesystem::exists(copy + "-wal"));
  CHECK_FALSE(std::filesystem::exists(copy + "-shm"));
  CHECK_NOTHROW(source.run("BEGIN; ROLLBACK"));  // the read has ended
}

TEST_CASE_METHOD(Fixture, "a copy of damaged pages is complained of") {
  writer.run("PRAGMA wal_checkpoint(TRUNCATE)");
  {
    std::fstream file(folder / "t.db", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096 * 20);
    file << std::string(4096 * 3, '\x5a');
  }
  sqlite::Backup backup(source, copy);
  while (backup.step(100)) {
  }
  CHECK_FALSE(backup.finish().empty());
}
