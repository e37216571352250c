// A disk that takes nothing more, or fails: faults 36 to 38 and 43.
#include "faults/disk.h"

namespace {

using namespace faults;
using Catch::Contains;

struct Full : DiskSetup {
  SmallDisk disk{folder / "disk", "8m"};

  Full() { database = folder / "disk/events.db"; }

  // Until the daemon has no room either: it may hold some back for itself.
  void fill() {
    for (int i = 0; i < 500 && logged("could not store") == 0; ++i) {
      disk.fill();
      std::this_thread::sleep_for(20ms);
    }
    await_log("could not store");
  }
};

}  // namespace

TEST_CASE_METHOD(Full, "fault 36: a full disk stops pulling, confirms nothing, and is outlived",
                 "[disk]") {
  queue(600, {"--arrive", "150/s", "--exit-when-drained"});
  configure();
  start();
  await_log("stored events=");
  fill();
  CHECK_THAT(log(), Contains("nothing more is pulled until it works") && Contains("full"));
  check_standstill();
  CHECK(logged("could not store") == 1);
  disk.free();
  check_recovery(600);
  CHECK(logged("stored again") == 1);
}

TEST_CASE_METHOD(Full, "fault 37: the ballast lets a full disk be tidied, and is taken back",
                 "[disk]") {
  const SmallDisk larger(folder / "disk", "100m");  // over the small one: ballast takes a quarter
  queue(600, {"--arrive", "150/s", "--exit-when-drained"});
  configure();
  start();
  await_log("stored events=");
  const std::string ballast = database + "-ballast", wal = database + "-wal";
  CHECK(std::filesystem::file_size(ballast) == 16U << 20);
  CHECK(std::filesystem::file_size(wal) > 0);
  larger.fill();
  await_log("could not store");
  CHECK(std::filesystem::file_size(wal) == 0);  // its content is in the database
  larger.free();
  check_recovery(600);
  CHECK(std::filesystem::file_size(ballast) >= 8U << 20);
}

TEST_CASE_METHOD(DiskSetup, "fault 38: a failed fsync ends the process, and a new one converges",
                 "[disk]") {
  queue(300, {"--arrive", "200/s", "--exit-when-drained"});
  configure();
  start_on_broken_disk();
  await_log("stored events=");
  broken.rule("sync -wal EIO 0");
  CHECK(process->wait(patience) == 74);
  CHECK(logged("could not go on") == 1);
  CHECK(total_now("witness_violations") == 0);
  broken.mend();
  start();
  check_recovery(300);
}

TEST_CASE_METHOD(DiskSetup, "fault 43: a disk that turns read-only is treated as a full one",
                 "[disk]") {
  queue(600, {"--arrive", "150/s", "--exit-when-drained"});
  configure();
  start_on_broken_disk();
  await_log("stored events=");
  broken.rule("write events.db-wal EROFS 0");
  await_log("could not store");
  check_standstill();
  CHECK(process->running());
  broken.mend();
  check_recovery(600);
  CHECK(logged("stored again") == 1);
}
