// Who holds a lock on a file, as the kernel tells in /proc/locks.  A process in another container
// is not to be seen.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace base {

// One that is held: what only waits is none.
struct FileLock {
  enum class Kind { posix, flock } kind = Kind::posix;
  int pid = 0;
  unsigned long long inode = 0;
  long long first = 0, last = -1;  // bytes [first, last]; -1: to the end of the file
};

// Of one line of /proc/locks.
std::optional<FileLock> parse_lock(const std::string& line);

// On the file with this inode number, whatever file system it is on.
std::vector<FileLock> locks_on(unsigned long long inode);

// As the kernel names it; empty when there is no such process, or it is hidden.
std::string program_of(int pid);

}  // namespace base
