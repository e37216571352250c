#include "bench/machine.h"

#include "base/clock.h"
#include "bench/figures.h"
#include "bench/table.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <sstream>
#include <system_error>

namespace bench {
namespace {

std::string cpu_model() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name")) return line.substr(line.find(": ") + 2);
  return "of unknown kind";
}

// Of the mount that is nearest above the folder: "device place type options ...".
std::string file_system_of(const std::string& folder) {
  std::ifstream mounts("/proc/self/mounts");
  std::string nearest, type = "unknown";
  for (std::string line; std::getline(mounts, line);) {
    std::string device, place, kind;
    std::istringstream(line) >> device >> place >> kind;
    const std::string above = place == "/" ? place : place + '/';
    if (!(folder + '/').starts_with(above) || place.size() < nearest.size()) continue;
    nearest = place;
    type = kind;
  }
  return type;
}

}  // namespace

double fsync_ms(const std::string& folder) {
  constexpr int syncs = 51;
  std::string path = folder + "/fsync-XXXXXX";
  const int file = mkostemp(path.data(), O_CLOEXEC);
  if (file < 0) throw std::system_error(errno, std::generic_category(), "make " + path);
  unlink(path.c_str());
  const std::array<char, 4096> page{};
  base::SystemClock clock;
  std::vector<double> times;
  for (int i = 0; i < syncs; ++i) {
    const base::Instant before = clock.now();
    if (write(file, page.data(), page.size()) < 0 || fsync(file) != 0)
      throw std::system_error(errno, std::generic_category(), "sync " + path);
    times.push_back(std::chrono::duration<double, std::milli>(clock.now() - before).count());
  }
  close(file);
  return median(times);
}

std::vector<std::string> describe_machine(const std::string& folder) {
  utsname system{};
  uname(&system);
  return {cpu_model() + ", " + std::to_string(sysconf(_SC_NPROCESSORS_ONLN)) + " cores",
          std::string(system.sysname) + ' ' + system.release + ", SQLite " + sqlite3_libversion() +
              ", libcurl " + curl_version_info(CURLVERSION_NOW)->version,
          file_system_of(folder) + ", a page and its fsync take " + fixed(fsync_ms(folder), 2) +
              " ms (median of 51)"};
}

}  // namespace bench
