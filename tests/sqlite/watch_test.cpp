#include "sqlite/watch.h"

#include "sqlite/temp_files.h"
#include "support/temp_folder.h"

#include <catch2/catch.hpp>
#include <filesystem>

namespace {

constexpr const char* endless =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";

}  // namespace

TEST_CASE("a statement that takes long beats, until a beat ends it") {
  sqlite::Database database(":memory:", sqlite::Database::Mode::create);
  int beats = 0;
  {
    const sqlite::Watch watch(database, std::chrono::milliseconds(20), [&] { return ++beats < 3; });
    try {
      database.number(endless);
      FAIL("it came to its end");
    } catch (const std::system_error& error) {
      CHECK(error.code() == std::error_code(SQLITE_INTERRUPT, sqlite::category()));
    }
  }
  CHECK(beats == 3);
  CHECK(database.number("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                        " WHERE i < 1000000) SELECT max(i) FROM n") == 1'000'000);
  CHECK(beats == 3);
}

TEST_CASE("temporary files are made where they are to be") {
  support::TempFolder folder;
  sqlite::Database database(folder / "t.db", sqlite::Database::Mode::create);
  database.run(
      "CREATE TABLE t (x); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
      " WHERE i < 30000) INSERT INTO t SELECT zeroblob(500) FROM n");
  const std::string place = folder / "place";
  std::filesystem::create_directory(place);
  int seen = 0;
  const sqlite::Watch watch(database, std::chrono::milliseconds(0), [&] {
    std::error_code none;
    for (const auto& file : std::filesystem::directory_iterator("/proc/self/fd", none))
      seen += std::filesystem::read_symlink(file, none).string().starts_with(place + '/');
    return true;
  });
  {
    const sqlite::TempFiles there(place);
    database.run("VACUUM");
  }
  CHECK(seen > 0);
  seen = 0;
  database.run("VACUUM");
  CHECK(seen == 0);
}
