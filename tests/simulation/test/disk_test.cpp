#include "simulation/disk.h"

#include "simulation/test/raw_file.h"
#include "sqlite/database.h"

#include <sqlite3.h>

#include <catch2/catch.hpp>
#include <set>
#include <string>

namespace {

using simulation::Disk;
using simulation::exists;
using simulation::RawFile;
using Crash = Disk::Crash;
using Mode = sqlite::Database::Mode;

constexpr std::uint64_t seeds = 200;  // what has a chance of a quarter is missed once in 10^25 runs
constexpr std::size_t sector = 512;

std::int64_t at_1970() { return 0; }

struct Fixture {
  explicit Fixture(std::uint64_t seed = 1) : disk(seed, at_1970, {}) {}
  void crash(Crash crash) {
    disk.crash_now(crash);
    disk.restart();
  }
  Disk disk;
};

std::string pages(char letter) { return std::string(8 * sector, letter); }

// Of a file that held letter a everywhere before b was written over it.
std::string fate(const std::string& text) {
  REQUIRE(text.size() == 8 * sector);
  std::size_t landed = 0;
  for (std::size_t at = 0; at < text.size(); at += sector) {
    REQUIRE(text.substr(at, sector) == std::string(sector, text[at]));
    landed += text[at] == 'b';
  }
  return landed == 0 ? "lost" : landed == 8 ? "kept" : "torn";
}

}  // namespace

TEST_CASE("a power cut keeps what was synced; what was not is kept, lost or torn", "[disk]") {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    Fixture world(seed);
    {
      RawFile file("a");
      file.write(pages('a'), 0);
      file.sync();
      file.write(pages('b'), 0);
      CHECK(file.text() == pages('b'));
    }
    world.crash(Crash::power_cut);
    seen.insert(fate(RawFile("a").text()));
  }
  CHECK(seen == std::set<std::string>{"kept", "lost", "torn"});
}

TEST_CASE("of several writes a power cut may keep a later one without an earlier one", "[disk]") {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    Fixture world(seed);
    {
      RawFile file("a");
      file.write("__", 0);
      file.sync();
      file.write("1", 0);
      file.write("2", 1);
    }
    world.crash(Crash::power_cut);
    seen.insert(RawFile("a").text());
  }
  CHECK(seen == std::set<std::string>{"__", "1_", "_2", "12"});
}

TEST_CASE("a write beyond the end that survives the one before it leaves zeros", "[disk]") {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    Fixture world(seed);
    {
      RawFile file("a");
      file.write("x", 0);
      file.sync();
      file.write("1", 1);
      file.write("2", 2);
    }
    world.crash(Crash::power_cut);
    seen.insert(RawFile("a").text());
  }
  CHECK(seen == std::set<std::string>{"x", "x1", {'x', '\0', '2'}, "x12"});
}

TEST_CASE("a truncate waits as well, and what it cut off does not come back by growing", "[disk]") {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    Fixture world(seed);
    {
      RawFile file("a");
      file.write("abcd", 0);
      file.sync();
      file.truncate(1);
      file.write("d", 3);
      CHECK(file.text() == std::string({'a', '\0', '\0', 'd'}));
    }
    world.crash(Crash::power_cut);
    seen.insert(RawFile("a").text());
  }
  CHECK(seen == std::set<std::string>{"abcd", "a", {'a', '\0', '\0', 'd'}});
}

TEST_CASE("a file that was never synced may be missing after a power cut", "[disk]") {
  std::set<bool> seen, seen_synced;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    Fixture world(seed);
    RawFile("a").write("a", 0);
    {
      RawFile file("b");
      file.write("b", 0);
      file.sync();
    }
    world.crash(Crash::power_cut);
    seen.insert(exists("a"));
    seen_synced.insert(exists("b"));
  }
  CHECK(seen == std::set<bool>{false, true});
  CHECK(seen_synced == std::set<bool>{true});
}

TEST_CASE("a removed file may come back after a power cut, unless its folder was synced",
          "[disk]") {
  const bool sync_folder = GENERATE(false, true);
  std::set<bool> seen;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    Fixture world(seed);
    {
      RawFile file("a");
      file.write("a", 0);
      file.sync();
    }
    CHECK(simulation::remove("a", sync_folder) == SQLITE_OK);
    CHECK_FALSE(exists("a"));
    world.crash(Crash::power_cut);
    seen.insert(exists("a"));
  }
  CHECK(seen == (sync_folder ? std::set<bool>{false} : std::set<bool>{false, true}));
}

TEST_CASE("the first sync of a journal makes all names durable", "[disk]") {
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    Fixture world(seed);
    {
      RawFile file("a");
      file.write("a", 0);
      RawFile log("a-wal", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_WAL);
      log.write("w", 0);
      log.sync();
    }
    world.disk.copy_durable("a", "copy");
    CHECK(RawFile("copy").text().empty());  // its name, not its bytes
    CHECK(RawFile("copy-wal").text() == "w");
    world.crash(Crash::power_cut);
    CHECK(RawFile("a", SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB).opened() == SQLITE_OK);
  }
}

TEST_CASE("a kill loses nothing but the end of the write it comes in", "[disk]") {
  std::set<std::size_t> seen;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    Fixture world(seed);
    {
      RawFile file("a");
      CHECK(file.write("first", 0) == SQLITE_OK);
      world.disk.crash_in(1, Crash::kill);
      CHECK(file.write("last", 5) == SQLITE_IOERR_WRITE);
      CHECK(world.disk.dead());
      CHECK(file.write("more", 9) == SQLITE_IOERR_WRITE);
      std::string text(5, '?');
      CHECK(file.read(text, 0) == SQLITE_IOERR_READ);
    }
    world.disk.restart();
    const std::string text = RawFile("a").text();
    CHECK(std::string("firstlast").starts_with(text));
    CHECK(text.size() >= 5);
    seen.insert(text.size());
  }
  CHECK(seen == std::set<std::size_t>{5, 6, 7, 8, 9});
}

TEST_CASE("what waited when the process was killed can still be lost with the power", "[disk]") {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    Fixture world(seed);
    {
      RawFile file("a");
      file.write(pages('a'), 0);
      file.sync();
      file.write(pages('b'), 0);
    }
    world.crash(Crash::kill);
    CHECK(RawFile("a").text() == pages('b'));
    world.crash(Crash::power_cut);
    seen.insert(fate(RawFile("a").text()));
  }
  CHECK(seen == std::set<std::string>{"kept", "lost", "torn"});
}

TEST_CASE("after a failed sync a write is read back, even by the next process, and yet it is lost",
          "[disk]") {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    Fixture world(seed);
    {
      RawFile file("a");
      file.write(pages('a'), 0);
      file.sync();
      file.write(pages('b'), 0);
      world.disk.set_faults({.sync_error = 1});
      CHECK(file.sync() == SQLITE_IOERR_FSYNC);
      world.disk.set_faults({});
      CHECK(file.sync() == SQLITE_OK);
    }
    world.crash(Crash::kill);
    CHECK(RawFile("a").text() == pages('b'));
    CHECK(RawFile("a").sync() == SQLITE_OK);
    world.crash(Crash::power_cut);
    seen.insert(fate(RawFile("a").text()));
  }
  CHECK(seen == std::set<std::string>{"kept", "lost"});
}

TEST_CASE("what is written again after a failed sync can be made durable", "[disk]") {
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    Fixture world(seed);
    {
      RawFile file("a");
      file.write(pages('b'), 0);
      world.disk.set_faults({.sync_error = 1});
      CHECK(file.sync() == SQLITE_IOERR_FSYNC);
      world.disk.set_faults({});
      file.write(file.text(), 0);
      CHECK(file.sync() == SQLITE_OK);
    }
    world.crash(Crash::power_cut);
    CHECK(RawFile("a").text() == pages('b'));
  }
}

TEST_CASE("a sync that lies makes nothing durable", "[disk]") {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    Fixture world(seed);
    {
      RawFile file("a");
      file.write(pages('a'), 0);
      file.sync();
      world.disk.set_faults({.lying_sync = true});
      file.write(pages('b'), 0);
      CHECK(file.sync() == SQLITE_OK);
    }
    world.crash(Crash::power_cut);
    seen.insert(fate(RawFile("a").text()));
  }
  CHECK(seen == std::set<std::string>{"kept", "lost", "torn"});
}

TEST_CASE("a file opened before a crash stays useless after the restart", "[disk]") {
  Fixture world;
  RawFile file("a");
  file.write("a", 0);
  file.sync();
  world.crash(Crash::kill);
  CHECK(file.write("b", 0) == SQLITE_IOERR_WRITE);
  CHECK(file.sync() == SQLITE_IOERR_FSYNC);
  CHECK(RawFile("a").text() == "a");
}

TEST_CASE("an image keeps the files as they were, whatever is written after it", "[disk]") {
  Fixture world;
  RawFile("a").write(pages('a'), 0);
  const auto image = world.disk.image();
  RawFile("a").write(pages('b'), 0);
  RawFile("new").write("n", 0);
  CHECK(world.disk.bytes() == pages('b').size() + 1);
  world.disk.load(*image);
  CHECK(world.disk.bytes() == pages('a').size());
  CHECK(RawFile("a").text() == pages('a'));
  RawFile("a").write(pages('c'), 0);
  world.disk.load(*image);
  world.crash(Crash::power_cut);
  CHECK(RawFile("a").text() == pages('a'));
}

TEST_CASE("the files are gone from SQLite with the disk, and another disk has none of them",
          "[disk]") {
  {
    Fixture world;
    CHECK(std::string(sqlite3_vfs_find(nullptr)->zName) == "simulation");
    sqlite::Database("a", Mode::create).run("CREATE TABLE t (x)");
  }
  CHECK(std::string(sqlite3_vfs_find(nullptr)->zName) == "unix");
  Fixture world;
  CHECK(sqlite::Database("a", Mode::create).number("SELECT count(*) FROM sqlite_schema") == 0);
}
