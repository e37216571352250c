#include "daemon/backup.h"

#include "base/file.h"
#include "base/text.h"
#include "daemon/exit.h"
#include "daemon/progress.h"
#include "inbox/ballast.h"
#include "inbox/inbox.h"
#include "inbox/open.h"
#include "sqlite/backup.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
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

bool same(const struct stat& one, const struct stat& other) {
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

// The file that the copy is written to: empty at first, removed unless it got its name.  Held by
// one process at a time.
class Part {
 public:
  Part(const std::string& file, const std::string& database)
      : file_(file), path_(file + ".part"), descriptor_(base::open_private(path_, O_NOFOLLOW)) {
    std::string trouble = objection(database);
    if (trouble.empty() && ftruncate(descriptor_, 0) == 0) return;
    if (trouble.empty()) trouble = "empty " + path_;
    const int error = errno;
    close(descriptor_);
    errno = error;
    fail(trouble);
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
  // Why it must not be emptied, with errno; nothing when it is new, or left of an earlier backup.
  // Another one may have given it its name since it was opened.
  [[nodiscard]] std::string objection(const std::string& database) const {
    struct stat part {};
    struct stat named {};
    struct stat source {};
    if (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) return "another backup writes " + path_;
    if (fstat(descriptor_, &part) != 0 || stat(database.c_str(), &source) != 0)
      return "look at " + path_;
    errno = EAGAIN;
    if (lstat(path_.c_str(), &named) != 0 || !same(part, named))
      return "another backup writes " + path_;
    errno = EEXIST;
    const bool left = S_ISREG(part.st_mode) && part.st_nlink == 1 && !same(part, source);
    return left ? "" : path_ + " is not left of a backup";
  }

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
                 base::printable(file).c_str());
    return exit_usage;
  }
  sqlite::Database source = inbox::open_read_only(config.store.path);
  Part part(file, config.store.path);
  check_room(source, file);
  copy(source, part.path());
  part.name();
  std::printf("%s\n", base::printable(inbox::describe(file)).c_str());
  return 0;
}

}  // namespace vodeventd
