#include "daemon/process.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>

namespace vodeventd {
namespace {

// Those of /proc/self/stat behind the program's name, which may hold blanks; the first is number 3.
std::string stat_field(int number) {
  std::ifstream file("/proc/self/stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::size_t at = text.rfind(')') + 1;
  for (int i = 3; i < number && at < text.size(); ++i) at = text.find(' ', at + 1);
  return at < text.size() ? text.substr(at + 1) : "0";
}

double open_descriptors() {
  DIR* folder = opendir("/proc/self/fd");
  if (!folder) return 0;
  double count = -3;  // ".", ".." and the folder's own
  while (readdir(folder)) ++count;
  closedir(folder);
  return count;
}

}  // namespace

Usage usage() {
  Usage usage;
  std::ifstream memory("/proc/self/statm");
  const auto page_bytes = static_cast<double>(sysconf(_SC_PAGESIZE));
  memory >> usage.virtual_bytes >> usage.resident_bytes;
  usage.virtual_bytes *= page_bytes;
  usage.resident_bytes *= page_bytes;
  timespec cpu{};
  if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu) == 0)
    usage.cpu_s = static_cast<double>(cpu.tv_sec) + static_cast<double>(cpu.tv_nsec) / 1e9;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) usage.max_fds = static_cast<double>(limit.rlim_cur);
  usage.open_fds = open_descriptors();
  return usage;
}

// The kernel counts in ticks since the machine was started.
base::Utc started_at(base::Clock& clock) {
  const long long ticks = std::strtoll(stat_field(22).c_str(), nullptr, 10);
  const std::chrono::milliseconds at(ticks * 1000 / sysconf(_SC_CLK_TCK));
  const auto up = clock.now().time_since_epoch();
  return clock.utc() - std::chrono::floor<std::chrono::milliseconds>(up - at);
}

}  // namespace vodeventd
