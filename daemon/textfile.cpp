#include "daemon/textfile.h"

#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace vodeventd {
namespace {

// A file of our own: no link that another has laid there is followed.
int open_new(const std::string& path) {
  constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  const int file = open(path.c_str(), flags, 0644);
  if (file >= 0 || errno != EEXIST) return file;
  unlink(path.c_str());
  return open(path.c_str(), flags, 0644);
}

}  // namespace

void replace_file(const std::string& path, std::string_view text) {
  const std::string beside = path + ".new";
  const int file = open_new(beside);
  ssize_t count = file >= 0 && fchmod(file, 0644) == 0 ? 0 : -1;
  if (count == 0) count = write(file, text.data(), text.size());
  const bool whole = count == static_cast<ssize_t>(text.size());
  int error = count < 0 ? errno : ENOSPC;  // what is not taken whole has found no room
  if (file >= 0) close(file);
  if (whole && std::rename(beside.c_str(), path.c_str()) == 0) return;
  if (whole) error = errno;
  if (file >= 0) unlink(beside.c_str());
  throw std::system_error(error, std::generic_category(), "write " + path);
}

std::string advice_on_file(const std::error_code& error, const std::string& path) {
  const std::string folder = base::folder_of(path);
  if (error == std::errc::read_only_file_system)
    return "Under systemd the unit needs [Service] ReadWritePaths=" + folder +
           ": systemctl edit vodeventd, then restart it";
  if (error == std::errc::no_such_file_or_directory)
    return "Make the folder " + folder + " and let the daemon's user write it";
  if (error == std::errc::permission_denied)
    return "Let the daemon's user write the folder " + folder;
  return "See to the disk, and to its room";
}

}  // namespace vodeventd
