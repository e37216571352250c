#include "daemon/lock.h"

#include "base/file.h"
#include "base/file_locks.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

namespace vodeventd {
namespace {

// The same database by another name is still the same; one that is not there yet has no other.
std::string real_path(const std::string& path) {
  std::error_code error;
  const auto real = std::filesystem::weakly_canonical(path, error);
  return error ? path : real.string();
}

}  // namespace

std::optional<Lock> Lock::take(const std::string& database) {
  const std::string path = real_path(database) + ".lock";
  const int file = base::open_private(path);
  Lock lock(file);
  if (flock(file, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno == EWOULDBLOCK) return std::nullopt;
  throw std::system_error(errno, std::generic_category(), "lock " + path);
}

std::optional<Holder> Lock::holder(const std::string& database) {
  struct stat status {};
  if (stat((real_path(database) + ".lock").c_str(), &status) != 0) return std::nullopt;
  for (const base::FileLock& lock : base::locks_on(status.st_ino))
    if (lock.kind == base::FileLock::Kind::flock)
      return Holder{lock.pid, base::program_of(lock.pid)};
  return std::nullopt;
}

Lock::Lock(Lock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

Lock::~Lock() {
  if (file_ >= 0) close(file_);
}

}  // namespace vodeventd
