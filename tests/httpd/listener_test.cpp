#include "httpd/listener.h"

#include "httpd/client.h"
#include "support/temp_folder.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <memory>

namespace {

using Catch::Contains;
using httpd::Listener;
using httpd::objection;
using httpd_test::Client;

bool exists(const std::string& path) {
  struct stat status {};
  return lstat(path.c_str(), &status) == 0;
}

struct Fixture {
  support::TempFolder folder;
  std::string path = folder / "metrics.sock";
  std::string address = "unix:" + path;
};

// A socket file whose server is gone without having removed it.
void leave_socket(const std::string& path) {
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un name{.sun_family = AF_UNIX, .sun_path = {}};
  path.copy(name.sun_path, sizeof name.sun_path - 1);
  REQUIRE(bind(socket, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
  close(socket);
}

}  // namespace

TEST_CASE("addresses on loopback and paths are taken, nothing else") {
  for (const char* address : {"127.0.0.1:9100", "127.0.0.1:0", "[::1]:9100", "unix:/run/x.sock"}) {
    CAPTURE(address);
    CHECK(objection(address).empty());
  }
  for (const char* address : {"",
                              "9100",
                              ":9100",
                              "0.0.0.0:9100",
                              "[::]:9100",
                              "localhost:9100",
                              "127.0.0.2:9100",
                              "10.0.0.1:9100",
                              "127.0.0.1",
                              "127.0.0.1:",
                              "127.0.0.1:65536",
                              "127.0.0.1:-1",
                              "127.0.0.1:80x",
                              "127.0.0.1: 80",
                              "::1:9100",
                              "unix:",
                              "unix:x.sock",
                              "unix:/run/",
                              "UNIX:/run/x",
                              "/run/x.sock"}) {
    CAPTURE(address);
    CHECK_FALSE(objection(address).empty());
  }
  CHECK_THAT(objection("unix:/" + std::string(107, 'x')), Contains("longer than 107"));
  CHECK(objection("unix:/" + std::string(106, 'x')).empty());
}

TEST_CASE("both loopback addresses are listened on, and no second server takes the port") {
  for (const char* host : {"127.0.0.1:0", "[::1]:0"}) {
    const Listener listener(host);
    CHECK_NOTHROW(Client(listener.address()));
    CHECK_THROWS_WITH(Listener(listener.address()), Contains("in use"));
  }
}

TEST_CASE_METHOD(Fixture, "a path has mode 0660 and is gone at the end") {
  {
    const Listener listener(address);
    CHECK(listener.address() == address);
    CHECK_NOTHROW(Client(address));
    struct stat status {};
    REQUIRE(stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 07777) == 0660);
  }
  CHECK_FALSE(exists(path));
}

TEST_CASE_METHOD(Fixture, "a socket that nobody serves any more is replaced") {
  leave_socket(path);
  REQUIRE(exists(path));
  const Listener listener(address);
  CHECK_NOTHROW(Client(address));
}

TEST_CASE_METHOD(Fixture, "a socket that is served, or a file, is left alone") {
  {
    const Listener first(address);
    CHECK_THROWS_WITH(Listener(address), Contains("in use"));
    CHECK_NOTHROW(Client(address));
  }
  folder.write("metrics.sock", "precious");
  CHECK_THROWS_WITH(Listener(address), Contains("in use"));
  CHECK(exists(path));
}

TEST_CASE_METHOD(Fixture, "what another has put in its place is not removed at the end") {
  {
    const Listener listener(address);
    unlink(path.c_str());
    leave_socket(path);
  }
  CHECK(exists(path));
}
