// Others at the same database: faults 39 to 41, 47 and 53.
#include "faults/disk.h"
#include "inbox/inbox.h"
#include "inbox/surroundings.h"

#include <linux/magic.h>

#include <utility>

namespace {

using namespace faults;
using Catch::Contains;

}  // namespace

TEST_CASE_METHOD(DiskSetup, "fault 39: a lock of an operator is waited for, and its holder named",
                 "[disk]") {
  queue(900, {"--arrive", "150/s", "--exit-when-drained"});
  configure();
  start();
  await_log("stored events=");
  {
    const Operator person(folder, database, "BEGIN IMMEDIATE;");
    await_log("could not store");
    CHECK_THAT(log(), Contains("pid " + std::to_string(person.pid())) && Contains("sqlite3"));
    check_standstill();
  }
  check_recovery(900);
  CHECK(logged("stored again") == 1);
}

TEST_CASE_METHOD(DiskSetup, "fault 39: a lock that is held shortly is not even noticed", "[disk]") {
  queue(300, {"--arrive", "150/s", "--exit-when-drained"});
  configure();
  start();
  await_log("stored events=");
  for (int i = 0; i < 3; ++i) const Operator person(folder, database, "BEGIN IMMEDIATE;");
  check_recovery(300);
  CHECK(logged("could not store") == 0);
}

TEST_CASE_METHOD(DiskSetup, "fault 40: a read that never ends cannot make the log grow for ever",
                 "[disk]") {
  queue(900, {"--arrive", "150/s", "--exit-when-drained"});
  configure();
  start();
  await_log("stored events=");
  const std::string wal = database + "-wal";
  {
    const Operator person(folder, database, "BEGIN; SELECT count(*) FROM events;");
    await_total("confirmed", total_now("confirmed") + 20);  // a reader alone hinders nobody
    CHECK(logged("could not store") == 0);
    std::filesystem::resize_file(wal, inbox::Inbox::wal_bytes_max + 1);  // as if for hours
    await_log("could not store");
    CHECK_THAT(log(), Contains("the write-ahead log has grown to 1024 MiB") &&
                          Contains("pid " + std::to_string(person.pid()) + " (sqlite3)"));
    check_standstill();
  }
  REQUIRE(simulator->wait(patience) == 0);
  CHECK(std::filesystem::file_size(wal) < 64U << 20);
  check_recovery(900);
}

TEST_CASE_METHOD(DiskSetup, "fault 41: a database that is moved away ends the daemon", "[disk]") {
  queue(400, {"--arrive", "150/s", "--exit-when-drained"});
  configure();
  start();
  await_log("stored events=");
  const std::string away = folder / "away.db";
  const bool replaced = GENERATE(false, true);
  if (replaced)
    support::Process({"sqlite3", database, ".backup '" + (folder / "copy.db") + "'"}).wait(10s);
  std::filesystem::rename(database, away);
  if (replaced) std::filesystem::rename(folder / "copy.db", database);
  CHECK(process->wait(patience) == 74);
  CHECK_THAT(log(), Contains("was moved or removed while in use"));
  std::filesystem::rename(away, database);
  start();
  check_recovery(400);
}

TEST_CASE("fault 47: file systems that several machines share are refused", "[disk]") {
  using inbox::unfit_file_system;
  for (const long shared :
       {long{NFS_SUPER_MAGIC}, long{SMB2_SUPER_MAGIC}, long{CIFS_SUPER_MAGIC}, long{V9FS_MAGIC}})
    CHECK_FALSE(unfit_file_system(shared).empty());
  for (const long local : {long{EXT4_SUPER_MAGIC}, long{XFS_SUPER_MAGIC}, long{BTRFS_SUPER_MAGIC},
                           long{TMPFS_MAGIC}, long{OVERLAYFS_SUPER_MAGIC}})
    CHECK(unfit_file_system(local).empty());
  const support::TempFolder folder;
  const faults::SmallDisk disk(folder / "disk", "1m");
  CHECK(inbox::unfit_file_system_at(folder / "disk/events.db").empty());
}

TEST_CASE_METHOD(DiskSetup, "fault 53: a second daemon on a database ends with 75, by any name",
                 "[disk]") {
  queue(10);
  configure();
  start();
  await_log("stored events=");
  std::filesystem::create_symlink(database, folder / "other.db");
  const std::string path = GENERATE(as<std::string>(), "events.db", "other.db");
  support::Process second(support::Process::Command{
      .arguments = {BINARIES "/vodeventd", "--config", (folder / "vodeventd.toml"), "run"},
      .environment = {"VODEVENTD_STORE_PATH=" + (folder / path)},
      .out_file = {},
      .err_file = {},
      .folder = {}});
  CHECK(second.wait(10s) == 75);
  CHECK_THAT(second.err(), Contains("another vodeventd works on this database"));
  stop();
}
