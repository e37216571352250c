#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace base {
namespace {

void give_to_folder_owner(int file, const std::string& path) {
  struct stat folder {};
  if (stat(folder_of(path).c_str(), &folder) != 0 || folder.st_uid == 0) return;
  if (fchown(file, folder.st_uid, folder.st_gid) != 0)
    throw std::system_error(errno, std::generic_category(), "change the owner of " + path);
}

}  // namespace

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

int open_private(const std::string& path, int flags) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | flags, 0640);
  if (file < 0) throw std::system_error(errno, std::generic_category(), "open " + path);
  if (geteuid() == 0) give_to_folder_owner(file, path);
  return file;
}

}  // namespace base
