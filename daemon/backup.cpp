#include "daemon/backup.h"

#include "base/file.h"
#include "daemon/exit.h"
#include "daemon/progress.h"
#include "inbox/ballast.h"
#include "inbox/inbox.h"
#include "inbox/open.h"
#include "sqlite/backup.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

namespace vodeventd {
namespace {

constexpr int step_pages = 2'000;

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// The file that the copy is written to: empty at first, removed unless it got its name.  Held by
// one process at a time.
class Part {
 public:
  explicit Part(const std::string& file)
      : file_(file), path_(file + ".part"), descriptor_(base::open_private(path_, O_NOFOLLOW)) {
    const bool held = flock(descriptor_, LOCK_EX | LOCK_NB) == 0;
    if (held && ftruncate(descriptor_, 0) == 0) return;
    const int error = errno;
    close(descriptor_);
    errno = error;
    fail(held ? "empty " + path_ : "another backup writes " + path_);
  }
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;
  ~Part() {
    if (!named_) unlink(path_.c_str());
    close(descriptor_);
  }

  [[nodiscard]] const std::string& path() const { return path_; }

  // Takes no other file's place, were it made in the meantime.
  void name() {
    if (fsync(descriptor_) != 0) fail("sync " + path_);
    named_ = renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, file_.c_str(), RENAME_NOREPLACE) == 0;
    if (!named_) fail("name " + file_);
    const std::string folder = base::folder_of(file_);
    const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = descriptor >= 0 && fsync(descriptor) == 0;
    const int error = errno;
    if (descriptor >= 0) close(descriptor);
    errno = error;
    if (!synced) fail("sync " + folder);
  }

 private:
  std::string file_, path_;
  int descriptor_;
  bool named_ = false;
};

void check_room(sqlite::Database& source, const std::string& file) {
  const std::int64_t bytes = source.number("PRAGMA page_count") * source.number("PRAGMA page_size");
  const auto free = static_cast<std::int64_t>(inbox::free_bytes(base::folder_of(file)));
  if (free >= bytes) return;
  errno = ENOSPC;
  fail("a backup takes " + std::to_string(bytes >> 10) + " KiB" + " in " + base::folder_of(file) +
       ", free are " + std::to_string(free >> 10) + " KiB");
}

void copy(sqlite::Database& source, const std::string& part) {
  const Progress progress(true);
  sqlite::Backup backup(source, part);
  while (backup.step(step_pages)) {
    const std::int64_t all = backup.pages();
    progress.show("copied " + std::to_string((all - backup.pages_left()) * 100 / all) + " %");
  }
  progress.show("checking the copy");
  const std::string complaint = backup.finish();
  if (!complaint.empty())
    throw inbox::Refused("the copy is damaged, and so may the database be (" + complaint +
                         "): ask vodeventd audit");
}

}  // namespace

int backup(const Config& config, const std::string& file) {
  if (access(file.c_str(), F_OK) == 0) {
    std::fprintf(stderr, "vodeventd: %s is there and was left alone: name another file\n",
                 file.c_str());
    return exit_usage;
  }
  sqlite::Database source = inbox::open_read_only(config.store.path);
  Part part(file);
  check_room(source, file);
  copy(source, part.path());
  part.name();
  std::printf("%s\n", inbox::describe(file).c_str());
  return 0;
}

}  // namespace vodeventd
