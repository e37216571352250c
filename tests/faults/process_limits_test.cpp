// Too little of what a process needs: faults 50 and 51.
#include "faults/disk.h"

#include <sys/resource.h>

// The sanitizers take terabytes of address space, and a pipe for each check of a type.
#ifndef __SANITIZE_ADDRESS__

namespace {

using namespace faults;
using Catch::Contains;

void limit(const support::Process& process, __rlimit_resource what, rlim_t least) {
  rlimit now{};
  REQUIRE(prlimit(process.pid(), what, nullptr, &now) == 0);
  now.rlim_cur = least;
  REQUIRE(prlimit(process.pid(), what, &now, nullptr) == 0);
}

std::string address_of(const std::string& url) { return url.substr(url.find("://") + 3); }

}  // namespace

TEST_CASE_METHOD(DiskSetup, "fault 50: a reply that no memory is left for costs that pull alone",
                 "[process]") {
  queue(100, {"--fault", "huge:1@PullEvents", "--exit-when-drained"});
  configure();
  start({"VODEVENTD_API_REPLY_BYTES_MAX=1000000000"}, {"prlimit", "--as=150000000"});
  await_log("could not pull");
  check_recovery(100);
}

TEST_CASE_METHOD(DiskSetup, "fault 51: without descriptors it backs off, says so, and goes on",
                 "[process]") {
  queue(40);
  configure();
  start();
  await_log("stored events=");
  await_total("confirmed", 40);
  limit(*process, RLIMIT_NOFILE, 12);  // which it has open; poll() takes no more than so many
  const std::string address = address_of(url);
  simulator.reset();  // its connections are gone
  await_log("could not pull");
  queue(60, {"--listen", address, "--seed", "2", "--exit-when-drained"});
  process->signal(SIGHUP);
  await_log("kept configuration and credential");
  CHECK_THAT(log(), Contains("Too many open files"));
  CHECK(total_now("requests") == 0);
  limit(*process, RLIMIT_NOFILE, 256);
  REQUIRE(simulator->wait(patience) == 0);
  stop();
  CHECK(number("SELECT count(*) FROM events") == 100);
}

#endif
