#include "sqlite/database.h"
#include "sqlite/library.h"
#include "sqlite/statement.h"
#include "sqlite/transaction.h"
#include "support/temp_folder.h"

#include <catch2/catch.hpp>
#include <string>

namespace {

struct Fixture {
  support::TempFolder folder;
  sqlite::Database database{(folder / "t.db"), sqlite::Database::Mode::create};
  Fixture() { database.run("CREATE TABLE t (id INTEGER PRIMARY KEY, x ANY UNIQUE) STRICT"); }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "bound values come back as they were") {
  sqlite::Statement insert(database, "INSERT INTO t (x) VALUES (?1)");
  sqlite::Statement select(database, "SELECT x FROM t WHERE id = ?1");
  insert.run(std::string_view("te\0xt", 5));
  insert.run(sqlite::Blob{std::string_view("\xff\0", 2)});
  insert.run(std::int64_t{-9'223'372'036'854'775'807});
  insert.run(std::optional<std::string_view>());
  insert.run(std::string_view());
  const auto row = [&](int id, auto check) {
    sqlite::Rows rows = select.query(id);
    REQUIRE(rows.next());
    check(rows);
    CHECK_FALSE(rows.next());
  };
  row(1, [](auto& rows) { CHECK(rows.text(0) == std::string_view("te\0xt", 5)); });
  row(2, [](auto& rows) { CHECK(rows.blob(0) == std::string_view("\xff\0", 2)); });
  row(3, [](auto& rows) { CHECK(rows.integer(0) == -9'223'372'036'854'775'807); });
  row(4, [](auto& rows) { CHECK(rows.is_null(0)); });
  row(5, [](auto& rows) { CHECK_FALSE(rows.is_null(0)); });
}

TEST_CASE_METHOD(Fixture, "a transaction that was not committed leaves nothing") {
  {
    sqlite::Transaction transaction(database);
    database.run("INSERT INTO t (x) VALUES (1)");
  }
  CHECK(database.number("SELECT count(*) FROM t") == 0);
  {
    sqlite::Transaction transaction(database);
    database.run("INSERT INTO t (x) VALUES (1)");
    transaction.commit();
  }
  CHECK(database.number("SELECT count(*) FROM t") == 1);
}

TEST_CASE_METHOD(Fixture, "an error names what was tried and SQLite's extended code") {
  database.run("INSERT INTO t (x) VALUES (1)");
  try {
    sqlite::Statement(database, "INSERT INTO t (x) VALUES (?1)").run(1);
    FAIL("a second row with a unique value was taken");
  } catch (const std::system_error& error) {
    CHECK(error.code().category() == sqlite::category());
    CHECK(error.code().value() == SQLITE_CONSTRAINT_UNIQUE);
    CHECK_THAT(error.what(), Catch::Contains("INSERT INTO t") && Catch::Contains("t.x"));
  }
}

TEST_CASE_METHOD(Fixture, "rows that were not read to the end keep no lock") {
  database.run("INSERT INTO t (x) VALUES (1), (2)");
  sqlite::Statement select(database, "SELECT x FROM t");
  {
    sqlite::Rows rows = select.query();
    rows.next();
  }
  CHECK_NOTHROW(database.run("DROP TABLE t"));
}

TEST_CASE("a database that can't be opened says which") {
  try {
    sqlite::Database("/nonexistent/t.db", sqlite::Database::Mode::create);
    FAIL("opened");
  } catch (const std::system_error& error) {
    CHECK_THAT(error.what(), Catch::Contains("/nonexistent/t.db"));
  }
}

TEST_CASE("the versions with the WAL-reset bug are those that SQLite names") {
  for (const int mended :
       {3'006'023, 3'044'006, 3'044'007, 3'050'007, 3'051'003, 3'052'000, 3'053'000})
    CHECK_FALSE(sqlite::has_wal_reset_bug(mended));
  for (const int affected :
       {3'007'000, 3'040'001, 3'044'005, 3'045'000, 3'046'001, 3'050'006, 3'051'000, 3'051'002})
    CHECK(sqlite::has_wal_reset_bug(affected));
}
