// A log that nobody reads must not hold the daemon up: fault 52.
#include "faults/disk.h"
#include "support/receiver.h"

namespace {

using namespace faults;
using Catch::Contains;

// The inode by which the daemon takes its standard error for the journal's stream.
std::string journal_stream(const std::string& file) {
  std::ofstream(file, std::ios::app).flush();
  struct stat status {};
  REQUIRE(stat(file.c_str(), &status) == 0);
  return "JOURNAL_STREAM=" + std::to_string(status.st_dev) + ':' + std::to_string(status.st_ino);
}

// Everything that can be read without waiting.
std::string read_all(int file) {
  std::string text;
  char buffer[4096];
  for (ssize_t count; (count = read(file, buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(count));
  return text;
}

}  // namespace

TEST_CASE_METHOD(DiskSetup, "fault 52: a journal that hangs does not hold the work up",
                 "[process]") {
  queue(400, {"--arrive", "400/s", "--exit-when-drained"});
  configure();
  const SmallDisk run("/run", "1m");  // the daemon's, through the test's own mounts
  std::filesystem::create_directories("/run/systemd/journal");
  support::Receiver journal("/run/systemd/journal/socket");
  start({journal_stream(folder / "daemon.log")});
  REQUIRE(simulator->wait(patience) == 0);  // 400 events: far more lines than the socket holds
  std::string before, after;
  while (const auto entry = journal.next(0ms)) before += *entry;
  process->signal(SIGTERM);
  CHECK(process->wait(10s) == 0);
  while (const auto entry = journal.next(0ms)) after += *entry;
  CHECK_THAT(before, Contains("MESSAGE=started ") && Contains("\nPRIORITY=5\n") &&
                         Contains("\nSYSLOG_IDENTIFIER=vodeventd\n") &&
                         Contains("\nVODEVENTD_EVENTS="));
  CHECK_THAT(after, Contains("MESSAGE=lost lines that the log did not take lines=") &&
                        Contains("MESSAGE=stopped "));
  check_ledger(400);
}

TEST_CASE_METHOD(Setup, "fault 52: a pipe that nobody reads does not hold the work up",
                 "[process]") {
  queue(400, {"--arrive", "400/s", "--exit-when-drained"});
  configure();
  const std::string pipe = folder / "daemon.log";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  const int reader = open(pipe.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  REQUIRE(fcntl(reader, F_SETPIPE_SZ, 16384) == 16384);
  const std::string earlier(12000, 'x');  // what an earlier writer left in it
  REQUIRE(write(reader, earlier.data(), earlier.size()) == 12000);
  start();
  REQUIRE(simulator->wait(patience) == 0);
  const std::string before = read_all(reader);
  process->signal(SIGTERM);
  CHECK(process->wait(10s) == 0);
  const std::string after = read_all(reader);
  close(reader);
  CHECK(before.size() <= 16384);
  CHECK_THAT(before, Contains("<5>started "));
  CHECK_THAT(after,
             Contains("<4>lost lines that the log did not take lines=") && Contains("<5>stopped "));
  check_ledger(400);
}
