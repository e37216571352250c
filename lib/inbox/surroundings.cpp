#include "inbox/surroundings.h"

#include "base/file.h"

#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <set>

namespace inbox {
namespace {

// The bytes of the -shm file that SQLite locks, as its WAL format documents them.
constexpr long long write_lock = 120;
constexpr long long first_read_lock = 123, last_read_lock = 127;

std::string name_of(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/comm");
  std::string name;
  std::getline(file, name);
  return name;
}

// Who holds a lock on one of these bytes of the -shm file.
std::string holders(const std::string& database, long long first, long long last) {
  struct stat status {};
  if (stat((database + "-shm").c_str(), &status) != 0) return {};
  std::ifstream locks("/proc/locks");
  std::set<int> pids;
  for (std::string line; std::getline(locks, line);) {
    const std::optional<FileLock> lock = parse_lock(line);
    if (!lock || lock->inode != status.st_ino || lock->pid == getpid()) continue;
    if (lock->first <= last && lock->last >= first) pids.insert(lock->pid);
  }
  std::string text;
  for (const int pid : pids) {
    if (!text.empty()) text += ", ";
    text += "pid " + std::to_string(pid) + " (" + name_of(pid) + ')';
  }
  return text;
}

}  // namespace

// Numbers as in statfs(2).
std::string_view unfit_file_system(long type) {
  switch (type) {
    case 0x6969:
      return "NFS";
    case 0x517b:
      return "SMB";
    case 0xfe534d42:
      return "SMB2";
    case 0xff534d42:
      return "CIFS";
    case 0x01021997:
      return "9p";
    case 0x00c36400:
      return "Ceph";
    case 0x5346414f:
      return "AFS";
    case 0x01161970:
      return "GFS2";
    case 0x7461636f:
      return "OCFS2";
    case 0x0bd00bd0:
      return "Lustre";
    default:
      return {};
  }
}

std::string_view unfit_file_system_at(const std::string& path) {
  struct statfs status {};
  if (statfs(path.c_str(), &status) != 0 && statfs(base::folder_of(path).c_str(), &status) != 0)
    return {};
  return unfit_file_system(static_cast<long>(status.f_type));
}

// 1: POSIX  ADVISORY  WRITE 4711 fe:00:524302 120 120
// A process that waits for a lock has "->" behind the number, and holds nothing.
std::optional<FileLock> parse_lock(const std::string& line) {
  FileLock lock;
  std::array<char, 16> kind{};
  const int fields = std::sscanf(line.c_str(), "%*d: %15s %*s %*s %d %*x:%*x:%llu %lld %lld",
                                 kind.data(), &lock.pid, &lock.inode, &lock.first, &lock.last);
  if (fields != 5 || std::string_view(kind.data()) != "POSIX" || lock.pid <= 0) return std::nullopt;
  return lock;
}

std::string writer_of(const std::string& database) {
  return holders(database, write_lock, write_lock);
}

std::string readers_of(const std::string& database) {
  return holders(database, first_read_lock, last_read_lock);
}

}  // namespace inbox
