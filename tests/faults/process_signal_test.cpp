// SIGTERM whatever the daemon waits for, SIGHUP whatever stands in the file: faults 48 and 49.
#include "faults/disk.h"
#include "support/receiver.h"

namespace {

using namespace faults;
using Catch::Contains;

}  // namespace

TEST_CASE_METHOD(DiskSetup, "fault 48: SIGTERM ends the daemon in good time", "[process]") {
  queue(100, {"--arrive", "20/s"});
  configure();
  SECTION("in a back-off") {
    start({"VODEVENTD_API_ENDPOINT=http://127.0.0.1:1"});
    await_log("could not pull");
  }
  SECTION("with a store that fails") {
    start_on_broken_disk();
    await_log("stored events=");
    broken.rule("write -wal EIO 0");
    await_log("could not store");
  }
  SECTION("with confirms that are not answered") {
    simulator.reset();
    queue(100, {"--arrive", "20/s", "--fault", "silent:1000@ConfirmEvents"});
    configure();
    start();
    await_total("faults", 1);
  }
  stop();
  CHECK_THAT(log(), Contains("stopped reason=\"told to stop\""));
}

TEST_CASE_METHOD(DiskSetup, "fault 48: SIGTERM waits for a lock no longer than it may",
                 "[process]") {
  queue(100, {"--arrive", "20/s"});
  configure();
  start();
  await_log("stored events=");
  const Operator person(folder, database, "BEGIN IMMEDIATE;");
  stop();
}

TEST_CASE_METHOD(Setup, "fault 48: SIGTERM strands nothing that can be brought to its end",
                 "[process]") {
  simulate({"--generate", "2000", "--arrive", "200/s", "--hold-s", "0.5"});
  configure();
  start();
  await_log("stored events=");
  stop();
  end_simulator();
  CHECK(total("leased") == 0);
  CHECK(total("confirmed") == number("SELECT count(*) FROM events"));
  CHECK(number("SELECT count(*) FROM unconfirmed") == 0);
}

TEST_CASE_METHOD(DiskSetup, "fault 49: SIGHUP with a broken file changes nothing", "[process]") {
  queue(100, {"--arrive", "50/s", "--exit-when-drained"});
  const std::string path = configure();
  support::Receiver manager(folder / "notify");
  start({"NOTIFY_SOCKET=" + manager.path()});
  await_log("stored events=");
  std::ofstream(path, std::ios::app) << "interval_s = \"often\"\n";
  process->signal(SIGHUP);
  await_log("kept configuration and credential");
  CHECK_THAT(log(), Contains("vodeventd.toml:9:14: poll.interval_s must be a number"));
  configure();
  std::filesystem::remove(folder / "secret-key");
  process->signal(SIGHUP);
  await_log("secret-key");
  configure();
  process->signal(SIGHUP);
  await_log("read configuration and credential again changed=nothing");
  std::string told;
  while (const auto text = manager.next(100ms)) told += *text + '\n';
  CHECK_THAT(told, Contains("RELOADING=1\nMONOTONIC_USEC=") && Contains("READY=1"));
  check_recovery(100);
}

TEST_CASE_METHOD(DiskSetup, "fault 49: SIGHUP takes over what needs no new start", "[process]") {
  queue(200, {"--arrive", "50/s", "--exit-when-drained"});
  const std::string path = configure();
  start();
  await_log("stored events=");
  configure("[log]\nlevel = \"warning\"\n");
  std::string text = bytes_of(path);
  text.replace(text.find("[api]\n"), 6, "[api]\nregion = \"ap-guangzhou\"\ntimeout_s = 7\n");
  std::ofstream(path) << text;
  process->signal(SIGHUP);
  await_log("a change takes effect at the next start only keys=api.region");
  const auto lines = logged("stored events=");
  check_recovery(200);
  CHECK(logged("stored events=") == lines);
}
