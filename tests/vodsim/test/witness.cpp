#include "vodsim/witness.h"

#include "support/temp_folder.h"

#include <sqlite3.h>

#include <catch2/catch.hpp>

namespace {

// A client's database, as far as the witness looks into it.
struct Database {
  support::TempFolder folder;
  std::string path = folder / "inbox.db";
  sqlite3* connection = nullptr;

  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database() { sqlite3_close(connection); }

  void create() {
    REQUIRE(sqlite3_open(path.c_str(), &connection) == SQLITE_OK);
    run("PRAGMA journal_mode = WAL");
    run("CREATE TABLE events (event_handle TEXT UNIQUE)");
    run("CREATE TABLE quarantine (event_handle TEXT)");
  }
  void run(const char* sql) {
    REQUIRE(sqlite3_exec(connection, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  }
};

}  // namespace

TEST_CASE("the witness finds what is stored in either table, and misses the rest") {
  Database database;
  database.create();
  database.run("INSERT INTO events VALUES ('1'), ('2')");
  database.run("INSERT INTO quarantine VALUES ('3')");
  vodsim::Witness witness(database.path);
  CHECK(witness.missing({{"1", "2", "3"}}) == 0);
  CHECK(witness.missing({{"1", "4", "5"}}) == 2);
}

TEST_CASE("the witness does not see what is not committed") {
  Database database;
  database.create();
  vodsim::Witness witness(database.path);
  database.run("BEGIN; INSERT INTO events VALUES ('1')");
  CHECK(witness.missing({{"1"}}) == 1);
  database.run("COMMIT");
  CHECK(witness.missing({{"1"}}) == 0);
}

TEST_CASE("without a database everything is missing, until there is one") {
  Database database;
  vodsim::Witness witness(database.path);
  CHECK(witness.missing({{"1"}}) == 1);
  database.create();
  database.run("INSERT INTO events VALUES ('1')");
  CHECK(witness.missing({{"1"}}) == 0);
}
