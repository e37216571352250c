#include "base/file_locks.h"

#include "support/temp_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

using base::FileLock;

TEST_CASE("a line of /proc/locks is read, and what holds no lock is passed over") {
  const auto posix = base::parse_lock("3: POSIX  ADVISORY  WRITE 4711 fe:00:524302 120 128");
  REQUIRE(posix);
  CHECK(posix->kind == FileLock::Kind::posix);
  CHECK(posix->pid == 4711);
  CHECK(posix->inode == 524302);
  CHECK(posix->first == 120);
  CHECK(posix->last == 128);
  const auto flock = base::parse_lock("1: FLOCK  ADVISORY  WRITE 12 fe:00:5 0 EOF");
  REQUIRE(flock);
  CHECK(flock->kind == FileLock::Kind::flock);
  CHECK(flock->last == -1);
  for (const char* line :
       {"", "x", "3: -> POSIX  ADVISORY  WRITE 4711 fe:00:524302 120 120",
        "1: OFDLCK ADVISORY  WRITE -1 fe:00:5 1 2", "2: POSIX  ADVISORY  READ 0 fe:00:5 1 2",
        "2: FLOCK  ADVISORY  WRITE 7"}) {
    INFO(line);
    CHECK_FALSE(base::parse_lock(line));
  }
}

TEST_CASE("the locks on a file are found, with who holds them") {
  const support::TempFolder folder;
  const int file = open((folder / "file").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  REQUIRE(file >= 0);
  struct stat status {};
  REQUIRE(fstat(file, &status) == 0);
  CHECK(base::locks_on(status.st_ino).empty());
  REQUIRE(flock(file, LOCK_EX) == 0);
  const auto locks = base::locks_on(status.st_ino);
  REQUIRE(locks.size() == 1);
  CHECK(locks[0].kind == FileLock::Kind::flock);
  CHECK(locks[0].pid == getpid());
  CHECK_FALSE(base::program_of(getpid()).empty());
  close(file);
}
