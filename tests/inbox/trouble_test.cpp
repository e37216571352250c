#include "inbox/trouble.h"

#include "sqlite/code.h"
#include "sqlite/database.h"
#include "support/temp_folder.h"

#include <catch2/catch.hpp>
#include <cerrno>

namespace {

inbox::Trouble of_sqlite(int code, int sqlite_errno = 0) {
  return inbox::trouble_of(std::system_error(code, sqlite::category(), "save"), sqlite_errno);
}

}  // namespace

TEST_CASE("trouble has the name that people look up, the system's errno, and advice of its own") {
  const inbox::Trouble full = of_sqlite(SQLITE_FULL);
  CHECK(full.code == "SQLITE_FULL");
  CHECK(full.errno_text == std::to_string(ENOSPC));
  CHECK_THAT(full.error, Catch::StartsWith("save: "));
  const inbox::Trouble stale =
      inbox::trouble_of(std::system_error(ESTALE, std::generic_category()));
  CHECK(stale.code == "ESTALE");
  CHECK(stale.errno_text == std::to_string(ESTALE));
  CHECK(full.advice != stale.advice);
  CHECK(of_sqlite(SQLITE_BUSY).errno_text.empty());
  CHECK_FALSE(of_sqlite(SQLITE_MISUSE).advice.empty());
}

TEST_CASE("SQLite's errno counts where SQLite noted one for this error") {
  CHECK(of_sqlite(SQLITE_IOERR_WRITE, EIO).errno_text == std::to_string(EIO));
  CHECK(of_sqlite(SQLITE_IOERR_WRITE, EIO).code == "SQLITE_IOERR_WRITE");
  CHECK(of_sqlite(SQLITE_BUSY, EIO).errno_text.empty());
}

TEST_CASE("a code without a name is told by its primary one and its number") {
  CHECK(sqlite::name_of(SQLITE_IOERR | (200 << 8)) == "SQLITE_IOERR-51210");
  CHECK(sqlite::name_of(250) == "SQLITE-250");
}
