// Backups that are interrupted, or find no room.
#include "faults/disk.h"

namespace {

using namespace faults;
using Catch::Contains;

struct Saved : DiskSetup {
  std::string copy = folder / "copy.db";

  Saved() {
    queue(300, {"--event-bytes", "20000", "--exit-when-drained"});
    configure();
    start();
    REQUIRE(simulator->wait(patience) == 0);
    stop();
  }

  std::optional<int> backup(const std::string& file, const Arguments& environment = {}) {
    support::Process run(support::Process::Command{
        .arguments = {BINARIES "/vodeventd", "--config", folder / "vodeventd.toml", "backup", file},
        .environment = environment,
        .out_file = {},
        .err_file = folder / "backup.log",
        .folder = {}});
    return run.wait(patience);
  }
};

}  // namespace

TEST_CASE_METHOD(Saved, "a backup that is killed leaves no copy, and the next one makes it",
                 "[disk]") {
  const std::string moment = GENERATE("write .part KILL 3", "write .part KILL 1000",
                                      "sync .part KILL 0", "sync .part KILL 1");
  CAPTURE(moment);
  broken.rule(moment);
  REQUIRE(backup(copy, broken.environment()) == 128 + SIGKILL);
  broken.mend();
  CHECK_FALSE(std::filesystem::exists(copy));
  REQUIRE(backup(copy) == 0);
  CHECK_FALSE(std::filesystem::exists(copy + ".part"));
  sqlite::Database reader(copy, sqlite::Database::Mode::read_only);
  CHECK(reader.number("SELECT count(*) FROM events") == 300);
}

TEST_CASE_METHOD(Saved, "a backup that fails half way leaves nothing", "[disk]") {
  broken.rule("write .part EIO 500");
  CHECK(backup(copy, broken.environment()) == 74);
  CHECK_FALSE(std::filesystem::exists(copy));
  CHECK_FALSE(std::filesystem::exists(copy + ".part"));
}

TEST_CASE_METHOD(Saved, "a backup that finds no room says how much it takes", "[disk]") {
  const SmallDisk disk(folder / "small", "2m");
  const std::string file = folder / "small/copy.db";
  CHECK(backup(file) == 74);
  CHECK_THAT(bytes_of(folder / "backup.log"), Contains("a backup takes ") && Contains("free are"));
  CHECK(std::filesystem::is_empty(folder / "small"));
}
