#include "daemon/check/disk.h"

#include "base/clock.h"
#include "base/file.h"
#include "daemon/names.h"
#include "inbox/surroundings.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>
#include <vector>

namespace vodeventd {
namespace {

using namespace std::chrono_literals;

// The folder of the database, or the nearest above it that is there.
std::string place_of(const std::string& path) {
  std::string place = base::folder_of(path);
  while (access(place.c_str(), F_OK) != 0 && place != "/" && place != ".")
    place = base::folder_of(place);
  return place;
}

// Numbers as in statfs(2).
void check_file_system(const std::string& place, Findings& findings) {
  constexpr long overlay = 0x794c7630, memory = 0x01021994;
  struct statfs status {};
  if (statfs(place.c_str(), &status) != 0) {
    findings.unknown("file system", place + ": " + std::strerror(errno),
                     "Run this as the daemon's user");
  } else if (const auto name = inbox::unfit_file_system(static_cast<long>(status.f_type));
             !name.empty()) {
    findings.bad("file system",
                 place + " is on " + std::string(name) +
                     ", which can't carry SQLite's write-ahead log: several machines share it",
                 "Give [store] path a local disk", exit_configuration);
  } else if (status.f_type == overlay) {
    findings.warn("file system",
                  place + " is on a container's own layer (overlay) and goes when it goes",
                  "Give the container a volume there, or set [store] path to one");
  } else if (status.f_type == memory) {
    findings.warn("file system", place + " is in memory (tmpfs) and gone with the next boot",
                  "Give [store] path a disk");
  } else {
    findings.ok("file system", place + " is fit for SQLite's write-ahead log");
  }
}

void check_room(const std::string& place, Findings& findings) {
  constexpr double least = 64.0 * 1024 * 1024, low = 1024.0 * 1024 * 1024, low_share = 0.10;
  struct statvfs status {};
  if (statvfs(place.c_str(), &status) != 0) return;  // told by the look at the file system
  const double unit = static_cast<double>(status.f_frsize);
  const double free = static_cast<double>(status.f_bavail) * unit;
  const double size = std::max(static_cast<double>(status.f_blocks) * unit, 1.0);
  const std::string text = in_bytes(free) + " of " + in_bytes(size) + " are free";
  if (free < least)
    findings.bad("room", text + ", and nothing more may fit soon",
                 "Make room, or give [store] path a larger disk", exit_configuration);
  else if (free < low || free < low_share * size)
    findings.warn("room", text,
                  "Make room before it is used up, or bound the database by [retention]");
  else
    findings.ok("room", text);
}

// How long each sync of a page took, in a file that has no name any more; empty where the disk
// refused, with errno.
std::vector<std::chrono::nanoseconds> time_syncs(const std::string& folder) {
  constexpr int syncs = 9;
  constexpr auto time_max = 2s;
  std::vector<std::chrono::nanoseconds> times;
  std::string path = folder + "/.vodeventd-check-XXXXXX";
  const int file = mkostemp(path.data(), O_CLOEXEC);
  if (file < 0) return times;
  unlink(path.c_str());
  const std::array<char, 4096> page{};
  base::SystemClock clock;
  const base::Instant begin = clock.now();
  for (int i = 0; i < syncs && clock.now() - begin < time_max; ++i) {
    const base::Instant before = clock.now();
    if (write(file, page.data(), page.size()) < 0 || fsync(file) != 0) {
      times.clear();
      break;
    }
    times.push_back(clock.now() - before);
  }
  const int error = errno;
  close(file);
  errno = error;
  return times;
}

void check_sync(const std::string& folder, Findings& findings) {
  constexpr auto slow = 100ms;
  if (access(folder.c_str(), W_OK | X_OK) != 0) {
    findings.unknown("sync", folder + " is not there, or not writable for this user",
                     "Run this as the daemon's user to see how fast the disk is");
    return;
  }
  std::vector<std::chrono::nanoseconds> times = time_syncs(folder);
  if (times.empty()) {
    findings.warn("sync", folder + ": a file can't be written there: " + std::strerror(errno),
                  "See to the disk, and to its room");
    return;
  }
  std::sort(times.begin(), times.end());
  const auto median = times[times.size() / 2];
  const std::string text =
      "a write and its fsync take " + in_ms(median) + ", at worst " + in_ms(times.back());
  if (median > slow)
    findings.warn("sync", text + "; each reply costs one, and its lease is 30 s",
                  "Give [store] path a faster disk if events come faster than that");
  else
    findings.ok("sync", text);
}

}  // namespace

void check_disk(const Config& config, Findings& findings) {
  const std::string place = place_of(config.store.path);
  check_file_system(place, findings);
  check_room(place, findings);
  check_sync(base::folder_of(config.store.path), findings);
}

}  // namespace vodeventd
