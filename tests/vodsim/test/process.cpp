#include "support/process.h"

#include "support/temp_folder.h"

#include <signal.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <fstream>
#include <iterator>

using namespace std::chrono_literals;
using support::Process;

TEST_CASE("a process's streams and status are told apart") {
  Process process({"sh", "-c", "echo one; echo two >&2; echo three; exit 3"});
  CHECK(process.read_line(20s) == "one");
  CHECK(process.wait(20s) == 3);
  CHECK(process.read_line(0s) == "three");
  CHECK_FALSE(process.read_line(20s));
  CHECK(process.out() == "one\nthree\n");
  CHECK(process.err() == "two\n");
  CHECK_FALSE(process.running());
}

TEST_CASE("a process that writes more than a pipe holds does not block") {
  Process process({"sh", "-c", "head -c 3000000 /dev/zero; head -c 2000000 /dev/zero >&2"});
  CHECK(process.wait(60s) == 0);
  CHECK(process.out().size() == 3'000'000);
  CHECK(process.err().size() == 2'000'000);
}

TEST_CASE("a wait is over in time, and a signal ends the process") {
  Process process({"sleep", "60"});
  CHECK_FALSE(process.wait(1ms));
  CHECK(process.running());
  process.signal(SIGTERM);
  CHECK(process.wait(20s) == 128 + SIGTERM);
}

TEST_CASE("a process does not outlive its object") {
  pid_t pid = 0;
  {
    const Process process({"sleep", "60"});
    pid = process.pid();
    CHECK(kill(pid, 0) == 0);
  }
  CHECK(kill(pid, 0) == -1);
  CHECK(errno == ESRCH);
}

TEST_CASE("environment, folder and files are what the command says") {
  const support::TempFolder folder;
  const std::string file = folder / "out";
  Process process(Process::Command{{"sh", "-c", "echo $WORD; pwd"}, {"WORD=a=b"}, file, {}, "/"});
  CHECK(process.wait(20s) == 0);
  CHECK(process.out().empty());
  std::ifstream written(file);
  CHECK(std::string(std::istreambuf_iterator<char>(written), {}) == "a=b\n/\n");
}

TEST_CASE("a program that is not there ends with 127 and its name") {
  Process process({"/nonexistent/program"});
  CHECK(process.wait(20s) == 127);
  CHECK(process.err().find("/nonexistent/program") != std::string::npos);
}
