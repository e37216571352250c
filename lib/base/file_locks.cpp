#include "base/file_locks.h"

#include <array>
#include <cstdio>
#include <fstream>
#include <string_view>

namespace base {

// 1: POSIX  ADVISORY  WRITE 4711 fe:00:524302 120 120
// 2: FLOCK  ADVISORY  WRITE 4711 fe:00:524302 0 EOF
// A process that waits for a lock has "->" behind the number, and holds nothing.
std::optional<FileLock> parse_lock(const std::string& line) {
  FileLock lock;
  std::array<char, 16> kind{};
  const int fields = std::sscanf(line.c_str(), "%*d: %15s %*s %*s %d %*x:%*x:%llu %lld %lld",
                                 kind.data(), &lock.pid, &lock.inode, &lock.first, &lock.last);
  const std::string_view name(kind.data());
  if (fields < 4 || (name != "POSIX" && name != "FLOCK") || lock.pid <= 0) return std::nullopt;
  lock.kind = name == "POSIX" ? FileLock::Kind::posix : FileLock::Kind::flock;
  return lock;
}

std::vector<FileLock> locks_on(unsigned long long inode) {
  std::vector<FileLock> locks;
  std::ifstream file("/proc/locks");
  for (std::string line; std::getline(file, line);)
    if (const std::optional<FileLock> lock = parse_lock(line); lock && lock->inode == inode)
      locks.push_back(*lock);
  return locks;
}

std::string program_of(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/comm");
  std::string name;
  std::getline(file, name);
  return name;
}

}  // namespace base
