#include "inbox/ballast.h"

#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <system_error>
#include <utility>

namespace inbox {

Ballast::Ballast(std::string path, std::size_t bytes) : path_(std::move(path)), bytes_(bytes) {
  struct stat status {};
  const bool there = stat(path_.c_str(), &status) == 0 && status.st_size > 0;
  if (bytes_ == 0 || there) return;
  const std::size_t slash = path_.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path_.substr(0, slash + 1);
  if (free_bytes(folder) / 4 < bytes_ || !allocate(bytes_)) bytes_ = 0;
}

// posix_fallocate leaves what it got when the room does not suffice.
bool Ballast::allocate(std::size_t bytes) const try {
  const int file = base::open_private(path_);
  const bool allocated = posix_fallocate(file, 0, static_cast<off_t>(bytes)) == 0;
  if (!allocated && ftruncate(file, 0) != 0) unlink(path_.c_str());
  close(file);
  return allocated;
} catch (const std::system_error&) {
  return false;
}

void Ballast::release() {
  if (bytes_ == 0 || released_) return;
  if (truncate(path_.c_str(), 0) == 0) released_ = true;
}

bool Ballast::take() {
  for (std::size_t quarters = 4; released_ && quarters >= 2; --quarters)
    released_ = !allocate(bytes_ / 4 * quarters);
  return !released_;
}

std::size_t free_bytes(const std::string& path) {
  struct statvfs status {};
  if (statvfs(path.c_str(), &status) != 0) return 0;
  return static_cast<std::size_t>(status.f_bavail) * status.f_frsize;
}

}  // namespace inbox
