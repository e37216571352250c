#include "inbox/surroundings.h"

#include "base/file.h"
#include "base/file_locks.h"

#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <set>

namespace inbox {
namespace {

// The bytes of the -shm file that SQLite locks, as its WAL format documents them.
constexpr long long write_lock = 120;
constexpr long long first_read_lock = 123, last_read_lock = 127;

// Who holds a lock on one of these bytes of the -shm file.
std::string holders(const std::string& database, long long first, long long last) {
  struct stat status {};
  if (stat((database + "-shm").c_str(), &status) != 0) return {};
  std::set<int> pids;
  for (const base::FileLock& lock : base::locks_on(status.st_ino))
    if (lock.kind == base::FileLock::Kind::posix && lock.pid != getpid() && lock.first <= last &&
        lock.last >= first)
      pids.insert(lock.pid);
  std::string text;
  for (const int pid : pids) {
    if (!text.empty()) text += ", ";
    text += "pid " + std::to_string(pid) + " (" + base::program_of(pid) + ')';
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

std::string writer_of(const std::string& database) {
  return holders(database, write_lock, write_lock);
}

std::string readers_of(const std::string& database) {
  return holders(database, first_read_lock, last_read_lock);
}

}  // namespace inbox
