#include "inbox/migrate.h"

#include "fixture.h"
#include "inbox/audit.h"
#include "inbox/open.h"
#include "old_database.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <vector>

using namespace inbox_fixture;

namespace {

const std::string bringing =
    "bringing the database to version " + std::to_string(inbox::migration_count);
const std::string anew = "writing the database anew, so that it can shrink";

struct Old {
  support::TempFolder folder;
  support::FakeClock clock;
  std::string path = folder / "events.db";
  std::vector<std::string> told;

  inbox::Tell tell(std::size_t end_at = 99) {
    return [this, end_at](const inbox::Stage& stage) {
      CHECK(stage.silent_max >= std::chrono::seconds(30));
      if (told.empty() || told.back() != stage.what) told.push_back(stage.what);
      return told.size() < end_at;
    };
  }

  void check_whole(sqlite::Database& database, int events) {
    CHECK(database.number("PRAGMA user_version") ==
          static_cast<std::int64_t>(inbox::migration_count));
    CHECK(database.number("SELECT count(*) FROM events JOIN payloads ON event_id = id") == events);
    CHECK(database.number("SELECT count(*) FROM quarantine") == 1);
    for (const inbox::Finding& finding : inbox::audit(database, {})) {
      INFO(finding.sentence);
      CHECK(finding.exceptions == 0);
    }
    CHECK(database.text("PRAGMA integrity_check") == "ok");
  }
};

}  // namespace

TEST_CASE_METHOD(Old, "a database of an earlier version keeps all its rows, and can shrink") {
  const auto version = GENERATE(std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{4});
  make_old(path, version, 3000, 2000);
  Inbox inbox(path, {}, clock, 0, tell());
  check_whole(inbox.database(), 3000);
  CHECK(told == std::vector{bringing, anew});
  CHECK(std::filesystem::file_size(path + "-wal") < 1'000'000);
  const auto before = std::filesystem::file_size(path);
  inbox.keep({.rows = 100});
  while (inbox.tidy({}).next == Inbox::Tidied::Next::more) {
  }
  check_whole(inbox.database(), 100);
  inbox.database().run("PRAGMA wal_checkpoint(TRUNCATE)");
  CHECK(std::filesystem::file_size(path) < before / 2);
}

TEST_CASE_METHOD(Old, "events of before there was another way were pulled, in the format v3.0") {
  make_old(path, 4, 30, 100);
  Inbox inbox(path, {}, clock, 0);
  sqlite::Database& database = inbox.database();
  CHECK(database.text("SELECT DISTINCT source || ' ' || format || ' ' || (origin IS NULL)"
                      " FROM events") == "pull v3.0 1");
  CHECK(database.text("SELECT source || ' ' || (origin IS NULL) FROM quarantine") == "pull 1");
  CHECK(database.number("SELECT count(*) FROM sqlite_stat1 WHERE idx = 'events_by_content'") == 1);
  Arrival again = imported("h7");
  again.fingerprint = database.text("SELECT fingerprint FROM events WHERE event_handle = 'h7'");
  const Arrival both[] = {again, pushed(clock.utc(), "new")};
  CHECK(inbox.save(both).outcomes == std::vector{Outcome::known, Outcome::stored});
  check_whole(database, 31);
}

TEST_CASE_METHOD(Old, "nothing is told of a database that is new, or up to date") {
  inbox::open(path, tell());
  const sqlite::Database database = inbox::open(path, tell());
  CHECK(told.empty());
}

TEST_CASE_METHOD(Old, "who is told may end it, and the next start goes on") {
  make_old(path, 2, 3000, 2000);
  const auto stages = GENERATE(std::size_t{1}, std::size_t{2});
  CHECK_THROWS_AS(inbox::open(path, tell(stages)), inbox::Interrupted);
  CHECK(told.size() == stages);
  told.clear();
  sqlite::Database database = inbox::open(path, tell());
  check_whole(database, 3000);
  CHECK(database.number("PRAGMA auto_vacuum") == 2);
  CHECK(told.size() == 3 - stages);
}

TEST_CASE_METHOD(Old, "a large log that a kill has left is taken in at the start, which is told") {
  const std::string left = folder / "left.db";
  {
    make_old(path, 2, 10, 100);
    const Inbox inbox(path, {}, clock, 0);
    sqlite::Database writer(path, sqlite::Database::Mode::read_write);
    writer.run("PRAGMA wal_autocheckpoint = 0");
    writer.run("CREATE TABLE large (x); INSERT INTO large VALUES (zeroblob(70000000))");
    writer.run("DROP TABLE large");
    for (const char* end : {"", "-wal"}) std::filesystem::copy_file(path + end, left + end);
  }
  CHECK_THROWS_AS(Inbox(left, {}, clock, 0, tell(1)), inbox::Interrupted);
  CHECK(std::filesystem::file_size(left + "-wal") > 70'000'000);
  Inbox inbox(left, {}, clock, 0, tell());
  CHECK(told.back() == "taking in the write-ahead log");
  CHECK(std::filesystem::file_size(left + "-wal") < 1'000'000);
  check_whole(inbox.database(), 10);
}
