#include "daemon/lock.h"

#include "base/file.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string_view>
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

// 1: FLOCK  ADVISORY  WRITE 4711 fe:00:524302 0 EOF
// One that waits for a lock has "->" behind the number, and holds nothing.
int holding(const std::string& line, unsigned long long inode) {
  char kind[16];
  int pid = 0;
  unsigned long long locked = 0;
  const int fields =
      std::sscanf(line.c_str(), "%*d: %15s %*s %*s %d %*x:%*x:%llu", kind, &pid, &locked);
  return fields == 3 && std::string_view(kind) == "FLOCK" && locked == inode ? pid : 0;
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
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    Holder holder{holding(line, status.st_ino), {}};
    if (holder.pid <= 0) continue;
    std::ifstream name("/proc/" + std::to_string(holder.pid) + "/comm");
    std::getline(name, holder.program);
    return holder;
  }
  return std::nullopt;
}

Lock::Lock(Lock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

Lock::~Lock() {
  if (file_ >= 0) close(file_);
}

}  // namespace vodeventd
