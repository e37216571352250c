#include "inbox/surroundings.h"

#include "fixture.h"
#include "inbox/ballast.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

using namespace inbox_fixture;

namespace {

// A process of its own that runs one statement on the database and keeps its transaction open.
class Other {
 public:
  Other(const std::string& database, const std::string& statements) {
    int ready[2];
    REQUIRE(pipe(ready) == 0);
    pid_ = fork();
    if (pid_ == 0) hold(database, statements, ready[1]);
    close(ready[1]);
    char byte = 0;
    REQUIRE(read(ready[0], &byte, 1) == 1);
    close(ready[0]);
  }
  Other(const Other&) = delete;
  Other& operator=(const Other&) = delete;
  ~Other() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  [[nodiscard]] std::string pid() const { return "pid " + std::to_string(pid_); }

 private:
  [[noreturn]] static void hold(const std::string& database, const std::string& statements,
                                int ready) {
    sqlite::Database connection(database, sqlite::Database::Mode::read_write);
    connection.run(statements);
    if (write(ready, "x", 1) != 1) _exit(1);
    for (;;) pause();
  }

  pid_t pid_ = -1;
};

std::size_t blocks_of(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 ? static_cast<std::size_t>(status.st_blocks) : 0;
}

}  // namespace

TEST_CASE_METHOD(Fixture, "who holds the database is named when nothing can be saved") {
  inbox.database().busy_timeout_ms(10);
  const Other other(path, "BEGIN IMMEDIATE");
  try {
    save(arrival("h1"));
    FAIL("saved although another process writes");
  } catch (const std::system_error& error) {
    CHECK_FALSE(inbox::fatal(error.code()));
    CHECK_THAT(error.what(), Catch::Contains("locked by " + other.pid() + " (test-inbox)"));
  }
}

TEST_CASE_METHOD(Fixture, "who reads is seen, and nobody when nobody does") {
  save(arrival("h1"));
  CHECK(inbox::readers_of(path).empty());
  CHECK(inbox::writer_of(path).empty());
  const Other other(path, "BEGIN; SELECT count(*) FROM events");
  CHECK_THAT(inbox::readers_of(path), Catch::StartsWith(other.pid()));
  CHECK(inbox::writer_of(path).empty());
}

TEST_CASE("a file system that machines share is refused, local ones are not") {
  CHECK(inbox::unfit_file_system(0x6969) == "NFS");
  CHECK(inbox::unfit_file_system(0xff534d42) == "CIFS");
  for (const long fit : {0xef53L, 0x01021994L, 0x58465342L, 0x9123683eL, 0x794c7630L})
    CHECK(inbox::unfit_file_system(fit).empty());
  CHECK(inbox::unfit_file_system_at("/proc/self/status").empty());
}

TEST_CASE("the ballast holds room, gives it back and takes it again") {
  support::TempFolder folder;
  const std::string path = folder / "ballast";
  constexpr std::size_t bytes = 64 << 10;
  inbox::Ballast ballast(path, bytes);
  CHECK(blocks_of(path) * 512 >= bytes);
  CHECK(ballast.take());
  ballast.release();
  CHECK(ballast.released());
  CHECK(blocks_of(path) == 0);
  CHECK(ballast.take());
  CHECK_FALSE(ballast.released());
  CHECK(blocks_of(path) * 512 >= bytes);
}

TEST_CASE("no ballast is taken where it would be much of what is free") {
  support::TempFolder folder;
  const std::string path = folder / "ballast";
  inbox::Ballast ballast(path, inbox::free_bytes(folder.path()) / 2);
  CHECK(blocks_of(path) == 0);
  ballast.release();
  CHECK(ballast.take());
}

TEST_CASE("what another has put in the ballast's place is not touched") {
  support::TempFolder folder;
  const std::string path = folder / "ballast", precious = folder.write("precious", "not zeros");
  SECTION("a link") { REQUIRE(symlink(precious.c_str(), path.c_str()) == 0); }
  SECTION("a second name") { REQUIRE(link(precious.c_str(), path.c_str()) == 0); }
  SECTION("a file") { folder.write("ballast", "not zeros"); }
  inbox::Ballast ballast(path, 64 << 10);
  ballast.release();
  CHECK(ballast.take());
  std::ifstream file(path);
  CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == "not zeros");
}
