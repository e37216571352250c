// Callbacks while the disk is full or fails: their senders are told, and nothing is lost of what
// was answered otherwise.
#include "e2e/callbacks.h"
#include "faults/disk.h"

namespace {

using Catch::Contains;
using namespace std::chrono_literals;

struct Pushed : e2e::Callbacks {
  int sent = 0, stored = 0;

  // The next callback's answer.
  std::string send() {
    const std::string answer = post(e2e::callback("task-" + std::to_string(++sent)));
    stored += taken(answer);
    return answer;
  }
  void check_stored() {
    CHECK(number("SELECT count(*) FROM events") == stored);
    CHECK(print("audit").status == 0);
  }
};

struct Full : Pushed {
  faults::SmallDisk disk{folder / "disk", "8m"};
  Full() { database = folder / "disk/events.db"; }
};

}  // namespace

TEST_CASE_METHOD(Full, "a full disk is answered with 503, and callbacks are stored when it is not",
                 "[disk]") {
  configure_push();
  auto process = daemon("run");
  await_log("receiving callbacks");
  CHECK_THAT(send(), Contains("200 OK"));
  std::string answer;
  for (int i = 0; i < 500 && answer.find("HTTP/1.1 503 ") == std::string::npos; ++i) {
    disk.fill();
    answer = send();
  }
  CHECK_THAT(answer, Contains("HTTP/1.1 503 ") && Contains("Retry-After: 1"));
  CHECK_THAT(log(), Contains("could not store callbacks") && Contains("full"));
  CHECK_THAT(send(), Contains("HTTP/1.1 503 "));
  disk.free();
  for (int i = 0; i < 200 && !taken(send()); ++i) std::this_thread::sleep_for(50ms);
  CHECK_THAT(log(), Contains("stored callbacks again"));
  end(process);
  check_stored();
}

TEST_CASE_METHOD(Pushed, "a failed fsync ends the process before a callback is answered",
                 "[disk]") {
  const faults::BrokenDisk broken{folder / "rule"};
  configure_push();
  e2e::Arguments environment = broken.environment();
  environment.emplace_back("JOURNAL_STREAM=");
  {
    support::Process process(support::Process::Command{
        .arguments = {BINARIES "/vodeventd", "--config", folder / "vodeventd.toml", "run"},
        .environment = environment,
        .out_file = {},
        .err_file = folder / "daemon.log",
        .folder = {}});
    await_log("receiving callbacks");
    CHECK_THAT(send(), Contains("200 OK"));
    broken.rule("sync -wal EIO 0");
    CHECK_THAT(send(), !Contains("200 OK"));
    CHECK(process.wait(20s) == 74);
  }
  broken.mend();
  auto process = daemon("run");
  await_log("receiving callbacks");
  const std::string again = e2e::callback("task-2");
  for (int i = 0; i < 100 && !taken(post(again)); ++i) std::this_thread::sleep_for(50ms);
  end(process);
  CHECK(number("SELECT count(*) FROM events") == 2);
  CHECK(print("audit").status == 0);
}
