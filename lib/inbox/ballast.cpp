#include "inbox/ballast.h"

#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

namespace inbox {

Ballast::Ballast(std::string path, std::size_t bytes) : path_(std::move(path)), bytes_(bytes) {
  if (bytes_ == 0) return;
  const int file = open_own();
  if (file < 0) {
    bytes_ = 0;
    return;
  }
  struct stat status {};
  const bool there = fstat(file, &status) == 0 && status.st_size > 0;
  close(file);
  if (there) return;
  const bool small_disk = free_bytes(path_) / 4 < bytes_;
  if (!small_disk && allocate(bytes_)) return;
  unlink(path_.c_str());
  bytes_ = 0;
}

// The file, if it is one that this class has made: a plain one that holds zeros.  Else negative:
// what another has put there is not to be overwritten.
int Ballast::open_own() const try {
  const int file = base::open_private(path_, O_NOFOLLOW);
  struct stat status {};
  std::array<char, 4096> start{};
  const bool plain = fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_nlink == 1;
  const ssize_t length = plain ? pread(file, start.data(), start.size(), 0) : -1;
  if (length >= 0 && std::all_of(start.begin(), start.end(), [](char c) { return c == 0; }))
    return file;
  close(file);
  return -1;
} catch (const std::system_error&) {
  return -1;
}

// posix_fallocate leaves what it got when the room does not suffice.
bool Ballast::allocate(std::size_t bytes) const {
  const int file = open_own();
  if (file < 0) return false;
  const bool allocated = posix_fallocate(file, 0, static_cast<off_t>(bytes)) == 0;
  const bool kept = allocated || ftruncate(file, 0) == 0;
  close(file);
  return allocated && kept;
}

void Ballast::release() {
  if (bytes_ == 0 || released_) return;
  const int file = open_own();
  if (file < 0) return;
  released_ = ftruncate(file, 0) == 0;
  close(file);
}

bool Ballast::take() {
  if (released_ && free_bytes(path_) >= bytes_ + bytes_ / 2) released_ = !allocate(bytes_);
  return !released_;
}

std::size_t free_bytes(const std::string& path) {
  struct statvfs status {};
  if (statvfs(path.c_str(), &status) != 0) return 0;
  return static_cast<std::size_t>(status.f_bavail) * status.f_frsize;
}

}  // namespace inbox
