#include "httpd/listener.h"

#include "httpd/client.h"
#include "support/ipv6.h"
#include "support/skip.h"
#include "support/temp_folder.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <cstring>
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

TEST_CASE("for the network every address is taken, and no name") {
  using httpd::Reach;
  for (const char* address : {"0.0.0.0:80", "[::]:80", "192.0.2.7:8710", "[2001:db8::7]:8710",
                              "127.0.0.1:80", "[::1]:80", "unix:/run/x.sock"}) {
    CAPTURE(address);
    CHECK(objection(address, Reach::network).empty());
  }
  for (const char* address :
       {"", "80", ":80", "*:80", "localhost:80", "example.com:80", "192.0.2.7", "192.0.2:80",
        "2001:db8::7:80", "[2001:db8::7]", "[192.0.2.7]:80", "192.0.2.7:65536",
        "http://192.0.2.7:80", "192.0.2.7:80/x", "systemd"}) {
    CAPTURE(address);
    CHECK_THAT(objection(address, Reach::network), Contains("ADDRESS:PORT"));
  }
  CHECK_FALSE(objection(std::string_view("127.0.0.1\0:80", 13), Reach::network).empty());
}

TEST_CASE_METHOD(Fixture, "who may reach a listener shows in its address") {
  using httpd::Reach;
  CHECK(Listener("127.0.0.1:0").reach() == Reach::machine);
  CHECK(Listener("127.0.0.2:0").reach() == Reach::machine);
  CHECK(Listener(address).reach() == Reach::machine);
  CHECK(Listener("0.0.0.0:0").reach() == Reach::network);
  for (const char* each : {"127.0.0.1:0", "127.0.0.2:0", "[::1]:0", "unix:/x"})
    CHECK(httpd::reach_of(each) == Reach::machine);
  for (const char* each : {"0.0.0.0:0", "[::]:0", "192.0.2.7:80", "[2001:db8::7]:80"})
    CHECK(httpd::reach_of(each) == Reach::network);
}

TEST_CASE("who may reach a listener shows in its IPv6 address as well") {
  if (!support::has_ipv6()) return support::skip("needs IPv6");
  CHECK(Listener("[::1]:0").reach() == httpd::Reach::machine);
  CHECK(Listener("[::]:0").reach() == httpd::Reach::network);
}

TEST_CASE("loopback is listened on, and no second server takes the port") {
  const Listener listener("127.0.0.1:0");
  CHECK_NOTHROW(Client(listener.address()));
  CHECK_THROWS_WITH(Listener(listener.address()), Contains(std::strerror(EADDRINUSE)));
}

TEST_CASE("IPv6 loopback is listened on, and no second server takes the port") {
  if (!support::has_ipv6()) return support::skip("needs IPv6");
  const Listener listener("[::1]:0");
  CHECK_NOTHROW(Client(listener.address()));
  CHECK_THROWS_WITH(Listener(listener.address()), Contains(std::strerror(EADDRINUSE)));
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
    CHECK_THROWS_WITH(Listener(address), Contains(std::strerror(EADDRINUSE)));
    CHECK_NOTHROW(Client(address));
  }
  folder.write("metrics.sock", "precious");
  CHECK_THROWS_WITH(Listener(address), Contains(std::strerror(EADDRINUSE)));
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

TEST_CASE_METHOD(Fixture, "a socket that listens already is used, and its path left in its place") {
  const Listener keeper(address);
  {
    Listener handed(base::Descriptor(dup(keeper.descriptor())));
    CHECK(handed.address() == address);
    CHECK((fcntl(handed.descriptor(), F_GETFD) & FD_CLOEXEC) != 0);
    CHECK((fcntl(handed.descriptor(), F_GETFL) & O_NONBLOCK) != 0);
    CHECK_NOTHROW(Client(address));
  }
  CHECK(exists(path));
  CHECK_NOTHROW(Client(address));
}

TEST_CASE("what does not listen is no listener") {
  const auto refused = [](int family, int type) {
    CHECK_THROWS_WITH(Listener(base::Descriptor(::socket(family, type, 0))),
                      Contains("no stream socket that listens"));
  };
  refused(AF_INET, SOCK_STREAM);
  refused(AF_INET, SOCK_DGRAM);
  refused(AF_UNIX, SOCK_SEQPACKET);
  CHECK_THROWS_WITH(Listener(base::Descriptor(dup(STDOUT_FILENO))), Contains("no stream socket"));
  CHECK_THROWS_WITH(Listener(base::Descriptor()), Contains("no stream socket"));
}
