#include "fixture.h"
#include "inbox/extent.h"
#include "inbox/open.h"
#include "inbox/schema.h"
#include "support/fake_clock.h"
#include "support/temp_folder.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

using namespace inbox_fixture;
using namespace std::chrono_literals;

TEST_CASE_METHOD(Fixture, "an event is stored with what is known of it") {
  Arrival one = arrival("h1");
  one.file_id = "14508071098244931831";
  one.err_code = -7;
  one.format = "v2.0";
  CHECK(save(one) == Outcome::stored);
  CHECK(text("SELECT json FROM payloads") == one.json);
  CHECK(text("SELECT source || ' ' || format || ' ' || (origin IS NULL) FROM events") ==
        "pull v2.0 1");
  CHECK(text("SELECT event_handle || sub_app_id || task_id || file_id || err_code FROM events") ==
        "h11500000001task-a14508071098244931831-7");
  CHECK(text("SELECT received_at FROM events") == base::iso8601(one.received_at));
  CHECK(text("SELECT stored_at FROM events") == "2026-11-21T00:00:00.000Z");
  CHECK(number("SELECT count(*) FROM unconfirmed") == 1);
}

TEST_CASE_METHOD(Fixture, "the same handle with the same content is one row, pulled twice") {
  save(arrival("h1"));
  CHECK(save(arrival("h1")) == Outcome::redelivered);
  CHECK(number("SELECT count(*) FROM events") == 1);
  CHECK(number("SELECT pull_count FROM events") == 2);
}

TEST_CASE_METHOD(Fixture, "twice the same handle in one reply is one row") {
  const Arrival both[] = {arrival("h1"), arrival("h1")};
  const auto result = inbox.save(both);
  CHECK(result.outcomes == std::vector{Outcome::stored, Outcome::redelivered});
}

TEST_CASE_METHOD(Fixture, "the same handle with another content is kept in quarantine") {
  save(arrival("h1", "a"));
  CHECK(save(arrival("h1", "b")) == Outcome::conflict);
  CHECK(save(arrival("h1", "b")) == Outcome::redelivered);
  CHECK(number("SELECT count(*) FROM events") == 1);
  CHECK(number("SELECT count(*) FROM quarantine") == 1);
  CHECK(number("SELECT pull_count FROM quarantine") == 2);
  confirm("h1");
  CHECK(number("SELECT count(confirmed_at) FROM quarantine") == 1);
  CHECK(number("SELECT count(confirmed_at) FROM events") == 1);
}

TEST_CASE_METHOD(Fixture, "events that await their confirm are counted as of the given time") {
  const Arrival event = arrival("h1");
  CHECK(save(event) == Outcome::stored);
  const auto count_at = [&](base::Utc time) {
    return inbox::extent_of(inbox.database(), time).unconfirmed;
  };
  CHECK(count_at(event.received_at + 95h) == 1);
  CHECK(count_at(event.received_at + 97h) == 0);  // the service has dropped it by then
  inbox.database().run("UPDATE events SET confirm_unknown = 1");
  CHECK(count_at(event.received_at + 59min) == 1);
  CHECK(count_at(event.received_at + 61min) == 0);  // it did not come again
}

TEST_CASE_METHOD(Fixture, "a new handle for an unconfirmed event is linked to its first delivery") {
  save(arrival("h1"));
  CHECK(save(arrival("h2")) == Outcome::relinked);
  CHECK(save(arrival("h3")) == Outcome::relinked);
  CHECK(number("SELECT count(*) FROM events WHERE redelivery_of = 1 AND redelivery_certain") == 2);
  CHECK(number("SELECT count(*) FROM distinct_events") == 1);
  CHECK(text("SELECT event_handle FROM unconfirmed") == "h3");
  SECTION("and the newest confirm settles them all") {
    confirm("h3");
    CHECK(number("SELECT count(*) FROM unconfirmed") == 0);
    CHECK(text("SELECT confirmed_at FROM distinct_events") == "2026-11-21T00:00:00.000Z");
    CHECK(save(arrival("h4")) == Outcome::stored);
  }
}

TEST_CASE_METHOD(Fixture, "the same content after a confirmed delivery is an event of its own") {
  save(arrival("h1"));
  confirm("h1");
  CHECK(save(arrival("h2")) == Outcome::stored);
  CHECK(number("SELECT count(*) FROM distinct_events") == 2);
}

TEST_CASE_METHOD(Fixture, "after a confirm with an unknown outcome a redelivery is not certain") {
  save(arrival("h1"));
  SECTION("when the outcome is on record") { confirm("h1", inbox::Confirm::unknown); }
  SECTION("when the confirm is still under way") {
    const std::string handle = "h1";
    inbox.confirm_sent({&handle, 1});
  }
  SECTION("when the process ended before it was on record") {
    Inbox again(path, 1500000001, clock);
    const Arrival two = arrival("h2");
    again.save({&two, 1});
    CHECK(number("SELECT redelivery_certain = 0 FROM events WHERE event_handle = 'h2'") == 1);
    return;
  }
  CHECK(save(arrival("h2")) == Outcome::relinked);
  CHECK(number("SELECT redelivery_certain = 0 FROM events WHERE event_handle = 'h2'") == 1);
}

TEST_CASE_METHOD(Fixture, "a confirm of an older handle settles the newer ones that are certain") {
  save(arrival("h1"));
  save(arrival("h2"));
  confirm("h1");
  CHECK(number("SELECT count(*) FROM unconfirmed") == 0);
  CHECK(save(arrival("h3")) == Outcome::stored);
}

TEST_CASE_METHOD(Fixture, "what is not certain of one delivery is not certain of the next") {
  save(arrival("h1"));
  confirm("h1", inbox::Confirm::unknown);
  save(arrival("h2"));
  save(arrival("h3"));
  CHECK(number("SELECT count(*) FROM events WHERE redelivery_certain = 0") == 2);
}

TEST_CASE_METHOD(Fixture, "equal content within a lease is linked, but not hidden from readers") {
  save(arrival("h1"));
  Arrival soon = arrival("h2");
  soon.received_at -= std::chrono::seconds(29);
  CHECK(save(soon) == Outcome::relinked);
  CHECK(number("SELECT redelivery_of = 1 AND redelivery_certain = 0 FROM events WHERE id = 2") ==
        1);
  CHECK(number("SELECT count(*) FROM distinct_events") == 2);
  CHECK(number("SELECT count(*) FROM ConcatComplete") == 2);
}

TEST_CASE_METHOD(Fixture, "after four days equal content is an event of its own") {
  save(arrival("h1"));
  Arrival late = arrival("h2");
  late.received_at += std::chrono::hours(97);
  CHECK(save(late) == Outcome::stored);
}

TEST_CASE_METHOD(Fixture, "a refused confirm leaves its redelivery certain") {
  save(arrival("h1"));
  const std::string handle = "h1";
  inbox.confirm_sent({&handle, 1});
  inbox.confirm_done({&handle, 1}, inbox::Confirm::refused, "InvalidParameterValue", "r");
  save(arrival("h2"));
  CHECK(number("SELECT redelivery_certain FROM events WHERE event_handle = 'h2'") == 1);
}

TEST_CASE_METHOD(Fixture, "what cannot be read is kept in quarantine, byte for byte") {
  Arrival bad = arrival("");
  bad.unreadable = "no object";
  bad.json = std::string("\xff\0x", 3);
  CHECK(save(bad) == Outcome::quarantined);
  CHECK(save(bad) == Outcome::redelivered);
  CHECK(number("SELECT count(*) FROM quarantine WHERE event_handle IS NULL") == 1);
  CHECK(text("SELECT hex(raw) FROM quarantine") == "FF0078");
}

TEST_CASE_METHOD(Fixture, "a database that was removed or replaced underneath is noticed") {
  save(arrival("h1"));
  SECTION("removed") { std::filesystem::remove(path); }
  SECTION("its log removed") { std::filesystem::remove(path + "-wal"); }
  SECTION("replaced") {
    std::filesystem::rename(path, path + ".old");
    std::ofstream(path) << "x";
  }
  CHECK_THROWS_WITH(inbox.look_after(), Catch::Contains("moved or removed"));
  try {
    save(arrival("h2"));
    FAIL("saved to a file that nobody can find");
  } catch (const std::system_error& error) {
    CHECK(inbox::fatal(error.code()));
    CHECK_THAT(error.what(), Catch::Contains("moved or removed"));
  }
}

TEST_CASE_METHOD(Fixture, "ids are never used twice") {
  save(arrival("h1"));
  inbox.database().run("DELETE FROM payloads; DELETE FROM events");
  save(arrival("h2"));
  CHECK(number("SELECT id FROM events") == 2);
}

TEST_CASE_METHOD(Fixture, "a save that fails leaves nothing and can be done again") {
  inbox.database().busy_timeout_ms(10);
  sqlite::Database other(path, sqlite::Database::Mode::read_write);
  other.run("BEGIN IMMEDIATE");
  const Arrival one = arrival("h1");
  CHECK_THROWS_AS(inbox.save({&one, 1}), std::system_error);
  other.run("ROLLBACK");
  CHECK(save(one) == Outcome::stored);
}

TEST_CASE_METHOD(Fixture, "the database is set up as its promises need it") {
  CHECK(number("PRAGMA synchronous") == 2);  // FULL
  CHECK(text("PRAGMA journal_mode") == "wal");
  CHECK(number("PRAGMA application_id") == 0x766f6465);
  CHECK(number("PRAGMA user_version") == static_cast<std::int64_t>(inbox::migration_count));
  CHECK(text("PRAGMA integrity_check") == "ok");
  struct stat status {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  const mode_t mask = umask(0);
  umask(mask);
  CHECK((status.st_mode & 0777) == (0640 & ~mask));
}

TEST_CASE_METHOD(Fixture, "a start leaves a long log to the first save") {
  const std::string left = folder / "left.db";
  const auto bytes = [&] {
    std::ifstream file(left, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  Arrival large = arrival("h1");
  large.json = std::string(5'000'000, 'x');
  save(large);
  for (const char* end : {"", "-wal"}) std::filesystem::copy_file(path + end, left + end);
  const std::string before = bytes();
  Inbox again(left, {}, clock, 0);
  again.check_writable();
  CHECK((bytes() == before));
  const Arrival one = arrival("h2", "b");
  again.save({&one, 1});
  CHECK_FALSE((bytes() == before));
}

TEST_CASE_METHOD(Fixture, "views are made again only when the program brings others") {
  CHECK(number("SELECT count(*) FROM sqlite_schema WHERE type = 'view'") > 36);
  inbox.database().run("DROP VIEW recent");
  { Inbox again(path, {}, clock); }
  CHECK(number("SELECT count(*) FROM sqlite_schema WHERE name = 'recent'") == 0);
  inbox.database().run("UPDATE meta SET value = 'older' WHERE key = 'views'");
  { Inbox again(path, {}, clock); }
  CHECK(number("SELECT count(*) FROM sqlite_schema WHERE name = 'recent'") == 1);
}

TEST_CASE("a database that must not be touched is refused and left alone") {
  support::TempFolder folder;
  const std::string path = (folder / "events.db");
  const auto refused = [&] {
    try {
      inbox::open(path);
    } catch (const inbox::Refused& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  const auto bytes = [&] {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  SECTION("newer than the program") {
    inbox::open(path).run("PRAGMA user_version = 999");
    CHECK_THAT(refused(), Catch::Contains("version 999") && Catch::Contains("install the newer"));
  }
  SECTION("of another program") {
    sqlite::Database(path, sqlite::Database::Mode::create).run("CREATE TABLE t (x)");
    CHECK_THAT(refused(), Catch::Contains("another program"));
  }
  SECTION("something else") {
    { std::ofstream(path) << std::string(8192, 'x'); }
    CHECK_THAT(refused(), Catch::Contains("no SQLite database"));
    CHECK(bytes() == std::string(8192, 'x'));
  }
}

TEST_CASE("a damaged database is refused with the way to save it") {
  support::TempFolder folder;
  const std::string path = folder / "events.db";
  inbox::open(path).run("PRAGMA wal_checkpoint(TRUNCATE)");
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(100);
    file << std::string(3000, '\xff');
  }
  CHECK_THROWS_WITH(inbox::open(path), Catch::Contains("damaged") && Catch::Contains(".recover"));
}

TEST_CASE_METHOD(Fixture, "a reader without write permission reads after a clean stop") {
  { Inbox last(path, {}, clock); }
  CHECK(std::ifstream(path + "-wal").good());
}

TEST_CASE("a database behind a symbolic link is guarded like any other") {
  support::TempFolder folder;
  support::FakeClock clock;
  std::filesystem::create_directory(folder / "real");
  const std::string real = folder / "real/events.db", link = folder / "link.db";
  std::filesystem::create_symlink(real, link);
  Inbox inbox(link, {}, clock);
  const Arrival one = arrival("h1"), two = arrival("h2");
  inbox.save({&one, 1});
  CHECK(std::filesystem::exists(real + "-ballast"));
  std::filesystem::remove(real + "-wal");
  CHECK_THROWS_WITH(inbox.save({&two, 1}), Catch::Contains("moved or removed"));
}

TEST_CASE("views that others have made are left alone") {
  support::TempFolder folder;
  support::FakeClock clock;
  const std::string path = folder / "events.db";
  { Inbox inbox(path, {}, clock); }
  {
    sqlite::Database other(path, sqlite::Database::Mode::read_write);
    other.run("CREATE VIEW \"their \"\"view\" AS SELECT 7");
    other.run("UPDATE meta SET value = 'older' WHERE key = 'views'");
  }
  Inbox inbox(path, {}, clock);
  CHECK(inbox.database().number("SELECT * FROM \"their \"\"view\"") == 7);
}
