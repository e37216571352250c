#include "daemon/rights.h"

#include "base/descriptor.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <system_error>

namespace vodeventd {
namespace {

bool refused(const std::string& path, int mode) {
  return faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) != 0 && errno == EACCES;
}

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

bool become(uid_t user) {
  const passwd* entry = getpwuid(user);
  const gid_t group = entry ? entry->pw_gid : static_cast<gid_t>(user);
  const bool grouped = entry ? initgroups(entry->pw_name, group) == 0 : setgroups(0, nullptr) == 0;
  return grouped && setgid(group) == 0 && setuid(user) == 0;
}

void write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(file, text.data(), text.size());
    if (count <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace

Lack lack_of(const std::string& path, int mode) {
  for (std::size_t slash = path.find('/', 1); slash != path.npos; slash = path.find('/', slash + 1))
    if (std::string folder = path.substr(0, slash); refused(folder, X_OK))
      return {.may_not = "enter", .path = std::move(folder)};
  if (!refused(path, mode)) return {};
  return {.may_not = mode == R_OK ? "read" : mode == W_OK ? "write" : "enter", .path = path};
}

std::string as_user(uid_t user, const std::function<std::string()>& look) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) fail("make a pipe");
  const base::Descriptor from(ends[0]);
  base::Descriptor to(ends[1]);
  const pid_t child = fork();
  if (child < 0) fail("start a process");
  if (child == 0) {
    // An exception must not leave the child by the parent's way.
    [&]() noexcept {
      if (!become(user)) _exit(1);
      write_all(to.get(), look());
      _exit(0);
    }();
  }
  to = base::Descriptor();
  std::string text;
  char buffer[4096];
  for (ssize_t count; (count = read(from.get(), buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(count));
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (status != 0) {
    errno = EPERM;
    fail("become another user");
  }
  return text;
}

}  // namespace vodeventd
