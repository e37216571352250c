// A disk that fails: loaded into the daemon by LD_PRELOAD, for what no test can make a real disk
// do.
//
// As long as the file $BROKEN_DISK exists it holds one rule, `CALL SUFFIX ACTION SKIP`:
//
//   CALL    sync or write
//   SUFFIX  what the file's name ends with
//   ACTION  EIO or EROFS: the call fails so; KILL: the process dies before it; HANG: it never
//           returns; SLOW: it takes 150 ms more
//   SKIP    so many such calls pass first
#include <dlfcn.h>
#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

struct Rule {
  char call[8] = "", suffix[32] = "", action[8] = "";
  int skip = 0;
};

bool read_rule(Rule& rule) {
  const char* path = std::getenv("BROKEN_DISK");
  std::FILE* file = path ? std::fopen(path, "re") : nullptr;
  if (!file) return false;
  const int fields =
      std::fscanf(file, "%7s %31s %7s %d", rule.call, rule.suffix, rule.action, &rule.skip);
  std::fclose(file);
  return fields == 4;
}

std::string name_of(int file) {
  char name[4096];
  const std::string link = "/proc/self/fd/" + std::to_string(file);
  const ssize_t length = readlink(link.c_str(), name, sizeof name);
  return length > 0 ? std::string(name, static_cast<std::size_t>(length)) : std::string();
}

// Whether the call fails; errno says how.
bool fails(std::string_view call, int file) {
  const int before = errno;
  static int passed = 0;
  Rule rule;
  if (!read_rule(rule) || call != rule.call || !name_of(file).ends_with(rule.suffix) ||
      passed++ < rule.skip) {
    errno = before;
    return false;
  }
  const std::string_view action = rule.action;
  if (action == "KILL") kill(getpid(), SIGKILL);
  while (action == "HANG") pause();
  if (action == "SLOW") {
    usleep(150'000);
    return false;
  }
  errno = action == "EROFS" ? EROFS : EIO;
  return true;
}

template <class Call>
Call* real(const char* name) {
  return reinterpret_cast<Call*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" int fdatasync(int file) {
  static auto* const call = real<int(int)>("fdatasync");
  return fails("sync", file) ? -1 : call(file);
}

extern "C" int fsync(int file) {
  static auto* const call = real<int(int)>("fsync");
  return fails("sync", file) ? -1 : call(file);
}

extern "C" ssize_t pwrite64(int file, const void* bytes, size_t count, off64_t offset) {
  static auto* const call = real<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
  return fails("write", file) ? -1 : call(file, bytes, count, offset);
}

extern "C" int ftruncate64(int file, off64_t length) noexcept {
  static auto* const call = real<int(int, off64_t)>("ftruncate64");
  return fails("write", file) ? -1 : call(file, length);
}
