// SQLite on the simulated disk: what it promises holds, and where it promises less, the disk shows
// it.
#include "simulation/disk.h"
#include "simulation/random.h"
#include "simulation/test/raw_file.h"
#include "sqlite/statement.h"
#include "sqlite/transaction.h"

#include <sqlite3.h>

#include <catch2/catch.hpp>
#include <optional>
#include <set>
#include <string>

namespace {

using simulation::Disk;
using Crash = Disk::Crash;
using Mode = sqlite::Database::Mode;

std::int64_t at_1970() { return 0; }

// ---- transactions and crashes ------------------------------------------------------------------

struct Setting {
  std::string journal = "WAL";
  std::string synchronous = "FULL";
  Crash crash = Crash::power_cut;
  bool lying_sync = false;
};

// A table of numbers that grows by one a transaction, and a disk that crashes under it.
class Campaign {
 public:
  Campaign(const Setting& setting, std::uint64_t seed)
      : setting_(setting), random_(seed), disk_(seed, at_1970, {}) {
    make();
    disk_.set_faults({.lying_sync = setting.lying_sync});
  }

  // Runs into one crash and looks at what is left.
  void crash() {
    disk_.crash_in(1 + random_.below(60), setting_.crash);
    try {
      for (;;) commit_one();
    } catch (const std::system_error&) {
      REQUIRE(disk_.dead());
    }
    database_.reset();
    disk_.restart();
    check();
  }

  [[nodiscard]] int lost() const { return lost_; }
  [[nodiscard]] int damaged() const { return damaged_; }

 private:
  void open() {
    database_.emplace("db", Mode::create);
    database_->run("PRAGMA journal_mode = " + setting_.journal);
    database_->run("PRAGMA synchronous = " + setting_.synchronous);
    database_->run("PRAGMA wal_autocheckpoint = 20");
  }

  // An empty table, durable whatever the setting is.
  void make() {
    open();
    database_->run("CREATE TABLE t (id INTEGER PRIMARY KEY, filler BLOB)");
    database_->run("CREATE INDEX by_filler ON t (filler)");
    database_.reset();
    const auto image = disk_.image();
    disk_.load(*image);
    open();
  }

  void commit_one() {
    const std::int64_t id = next_++;
    sqlite::Transaction transaction(*database_);
    sqlite::Statement(*database_, "INSERT INTO t VALUES (?1, randomblob(?2))")
        .run(id, random_.below(6000));
    sqlite::Statement(*database_, "UPDATE t SET filler = randomblob(100) WHERE id % 7 = ?1")
        .run(random_.below(20));
    transaction.commit();
    committed_.insert(id);
  }

  // Each loss counts once.
  void check() try {
    open();
    if (database_->text("PRAGMA integrity_check") != "ok") return start_over();
    std::set<std::int64_t> found;
    sqlite::Statement all(*database_, "SELECT id FROM t");
    for (sqlite::Rows rows = all.query(); rows.next();) found.insert(rows.integer(0));
    for (const std::int64_t id : committed_) lost_ += !found.contains(id);
    committed_ = found;
  } catch (const std::system_error&) {
    start_over();
  }

  void start_over() {
    ++damaged_;
    database_.reset();
    disk_.remove("db");
    make();
    committed_.clear();
  }

  Setting setting_;
  simulation::Random random_;
  Disk disk_;
  std::optional<sqlite::Database> database_;
  std::int64_t next_ = 1;
  std::set<std::int64_t> committed_;
  int lost_ = 0;
  int damaged_ = 0;
};

struct Result {
  int lost = 0;
  int damaged = 0;
};

Result run(const Setting& setting, int crashes) {
  constexpr int crashes_each = 20;
  Result result;
  for (int seed = 0; seed < crashes / crashes_each; ++seed) {
    Campaign campaign(setting, static_cast<std::uint64_t>(seed));
    for (int i = 0; i < crashes_each; ++i) campaign.crash();
    result.lost += campaign.lost();
    result.damaged += campaign.damaged();
  }
  return result;
}

void check_safe(const Setting& setting, int crashes) {
  const Result result = run(setting, crashes);
  CHECK(result.lost == 0);
  CHECK(result.damaged == 0);
}

void check_loses_but_stays_whole(const Setting& setting, int crashes) {
  const Result result = run(setting, crashes);
  CHECK(result.lost > 0);
  CHECK(result.damaged == 0);
}

}  // namespace

TEST_CASE("WAL with synchronous=FULL survives 2,000 power cuts", "[disk]") { check_safe({}, 2000); }

TEST_CASE("WAL with synchronous=NORMAL loses commits to power cuts, and stays whole", "[disk]") {
  check_loses_but_stays_whole({.synchronous = "NORMAL"}, 100);
}

TEST_CASE("a rollback journal that is truncated or marked survives power cuts", "[disk]") {
  check_safe({.journal = GENERATE("TRUNCATE", "PERSIST")}, 500);
}

// The commit is the removal of the journal: unless the folder is synced, the journal may come back
// and undo it.  SQLite does that with EXTRA only.
TEST_CASE("a rollback journal that is deleted survives power cuts with EXTRA only", "[disk]") {
  check_safe({.journal = "DELETE", .synchronous = "EXTRA"}, 500);
  check_loses_but_stays_whole({.journal = "DELETE", .synchronous = "FULL"}, 500);
}

TEST_CASE("a kill loses no commit, synced or not", "[disk]") {
  check_safe({.journal = GENERATE("WAL", "DELETE"),
              .synchronous = GENERATE("FULL", "OFF"),
              .crash = Crash::kill},
             300);
}

TEST_CASE("a disk whose sync lies loses commits", "[disk]") {
  CHECK(run({.lying_sync = true}, 100).lost > 0);
}

// ---- errors ------------------------------------------------------------------------------------

namespace {

// A table in a database in WAL mode.
struct Table {
  Table() {
    database.run("PRAGMA journal_mode = WAL");
    database.run("CREATE TABLE t (x)");
  }
  int insert() { return code_of(database, "INSERT INTO t VALUES (randomblob(9000))"); }
  std::int64_t rows() { return database.number("SELECT count(*) FROM t"); }

  static int code_of(sqlite::Database& where, const std::string& sql) {
    try {
      where.run(sql);
      return SQLITE_OK;
    } catch (const std::system_error& error) {
      return error.code().value();
    }
  }

  Disk disk{1, at_1970, {}};
  sqlite::Database database{"db", Mode::create};
};

}  // namespace

TEST_CASE_METHOD(Table, "a disk without room says so, and takes writes again when there is some",
                 "[disk]") {
  CHECK(insert() == SQLITE_OK);
  disk.set_faults({.no_room = true});
  const std::size_t before = disk.bytes();
  for (int i = 0; i < 20; ++i) CHECK(insert() == SQLITE_FULL);
  CHECK(disk.bytes() < before + 4096);
  CHECK(rows() == 1);
  disk.set_faults({});
  CHECK(insert() == SQLITE_OK);
  disk.crash_now(Crash::power_cut);
  disk.restart();
  CHECK(sqlite::Database("db", Mode::read_only).number("SELECT count(*) FROM t") == 2);
}

TEST_CASE_METHOD(Table, "an error of the disk comes with the code that the unix VFS gives it",
                 "[disk]") {
  disk.set_faults({.full = 1});
  CHECK(insert() == SQLITE_FULL);
  disk.set_faults({.write_error = 1});
  CHECK(insert() == SQLITE_IOERR_WRITE);
  disk.set_faults({.sync_error = 1});
  CHECK(insert() == SQLITE_IOERR_FSYNC);
  disk.set_faults({});
  sqlite::Database second("db", Mode::read_write);
  second.run("SELECT * FROM sqlite_schema");
  sqlite::Database third("db", Mode::read_write);  // has not read the schema yet
  disk.set_faults({.read_error = 1});
  CHECK(code_of(second, "SELECT * FROM t") == SQLITE_IOERR_READ);
  disk.set_faults({.media_error = 1});
  CHECK(code_of(second, "SELECT * FROM t") == SQLITE_CORRUPT);
  CHECK(code_of(third, "SELECT * FROM t") == SQLITE_IOERR_CORRUPTFS);
  disk.set_faults({});
  CHECK(code_of(second, "SELECT * FROM t") == SQLITE_OK);
}

TEST_CASE_METHOD(Table, "a read-only disk fails those that were writing and can be read",
                 "[disk]") {
  CHECK(insert() == SQLITE_OK);
  disk.set_faults({.read_only = true});
  CHECK(insert() == SQLITE_IOERR_WRITE);
  sqlite::Database second("db", Mode::read_write);
  CHECK(second.number("SELECT count(*) FROM t") == 1);
  CHECK(code_of(second, "INSERT INTO t VALUES (1)") == SQLITE_READONLY);
  disk.set_faults({});
  CHECK(insert() == SQLITE_OK);
}

TEST_CASE("two connections on a file keep each other out", "[disk]") {
  const Disk disk(1, at_1970, {});
  const std::string mode = GENERATE("WAL", "DELETE");
  sqlite::Database one("db", Mode::create);
  one.run("PRAGMA journal_mode = " + mode);
  one.run("CREATE TABLE t (x)");
  sqlite::Database other("db", Mode::create);
  one.run("BEGIN IMMEDIATE");
  CHECK(Table::code_of(other, "BEGIN IMMEDIATE") == SQLITE_BUSY);
  one.run("INSERT INTO t VALUES (1)");
  CHECK(other.number("SELECT count(*) FROM t") == 0);
  one.run("COMMIT");
  CHECK(other.number("SELECT count(*) FROM t") == 1);
  other.run("BEGIN; SELECT * FROM t");
  CHECK(Table::code_of(one, "INSERT INTO t VALUES (2)") ==
        (mode == "WAL" ? SQLITE_OK : SQLITE_BUSY));
  other.run("COMMIT");
  CHECK(Table::code_of(one, "INSERT INTO t VALUES (3)") == SQLITE_OK);
}

TEST_CASE("the log stays when the last connection closes, if it was told so", "[disk]") {
  const Disk disk(1, at_1970, {});
  const bool keep = GENERATE(false, true);
  {
    sqlite::Database database("db", Mode::create);
    database.run("PRAGMA journal_mode = WAL");
    if (keep) database.keep_wal_files();
    database.run("CREATE TABLE t (x)");
  }
  const int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_WAL;
  CHECK(simulation::RawFile("db-wal", flags).opened() == (keep ? SQLITE_OK : SQLITE_CANTOPEN));
}

TEST_CASE("SQLite's time and randomness come from the disk's owner", "[disk]") {
  const auto draw = [](std::uint64_t seed) {
    const Disk disk(seed, [] { return std::int64_t{1'763'683'200'123}; }, {});
    sqlite::Database database("db", Mode::create);
    CHECK(database.text("SELECT strftime('%Y-%m-%d %H:%M:%f')") == "2025-11-21 00:00:00.123");
    CHECK(database.number("SELECT julianday() * 10000 > 24610000000") == 1);
    return database.text("SELECT hex(randomblob(16))");
  };
  CHECK(draw(1) == draw(1));
  CHECK(draw(1) != draw(2));
}

TEST_CASE("the same seed leads to the same bytes", "[disk]") {
  const auto bytes = [](std::uint64_t seed) {
    int syncs = 0;
    Disk disk(seed, at_1970, [&] { ++syncs; });
    for (int i = 0; i < 5; ++i) {
      try {
        sqlite::Database database("db", Mode::create);
        database.run("PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS t (x)");
        disk.crash_in(40, Crash::power_cut);
        for (;;) database.run("INSERT INTO t VALUES (randomblob(5000))");
      } catch (const std::system_error&) {
        disk.restart();
      }
    }
    CHECK(disk.syncs() == static_cast<std::uint64_t>(syncs));
    CHECK(disk.calls() > 200);
    return simulation::RawFile("db").text() + simulation::RawFile("db-wal").text();
  };
  CHECK(bytes(1) == bytes(1));
  CHECK(bytes(1) != bytes(2));
}

TEST_CASE_METHOD(Table, "the durable copy holds what was committed and nothing that waits",
                 "[disk]") {
  database.run("PRAGMA synchronous = FULL");
  CHECK(insert() == SQLITE_OK);
  database.run("PRAGMA synchronous = NORMAL");
  CHECK(insert() == SQLITE_OK);
  disk.copy_durable("db", "copy");
  CHECK(sqlite::Database("copy", Mode::read_write).number("SELECT count(*) FROM t") == 1);
  CHECK(rows() == 2);
}
