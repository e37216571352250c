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

// What is there already keeps its owner: in a folder of another user a link may have been laid that
// leads to any file of the machine.
int open_private(const std::string& path, int flags) {
  flags |= O_RDWR | O_CREAT | O_CLOEXEC;
  int file = open(path.c_str(), flags | O_EXCL, 0640);
  const bool made = file >= 0;
  if (!made && errno == EEXIST) file = open(path.c_str(), flags, 0640);
  if (file < 0) throw std::system_error(errno, std::generic_category(), "open " + path);
  if (made && geteuid() == 0) give_to_folder_owner(file, path);
  return file;
}

}  // namespace base
