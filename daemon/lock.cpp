#include "daemon/lock.h"

#include "base/file.h"

#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace vodeventd {

std::optional<Lock> Lock::take(const std::string& database) {
  const std::string path = database + ".lock";
  const int file = base::open_private(path);
  Lock lock(file);
  if (flock(file, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno == EWOULDBLOCK) return std::nullopt;
  throw std::system_error(errno, std::generic_category(), "lock " + path);
}

Lock::Lock(Lock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

Lock::~Lock() {
  if (file_ >= 0) close(file_);
}

}  // namespace vodeventd
