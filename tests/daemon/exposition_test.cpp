// Where metrics are given, and when a page is built for it.
#include "daemon/exposition.h"

#include "daemon/textfile.h"
#include "httpd/client.h"
#include "support/temp_folder.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <memory>

namespace {

using namespace std::chrono_literals;
using Catch::Contains;
using httpd_test::Client;
using vodeventd::Exposition;
using vodeventd::Reader;

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Fixture {
  support::TempFolder folder;
  support::FakeClock clock;
  std::vector<std::string> lines;
  base::Log log{base::Level::debug, clock, [this](const base::Message& message, auto fields) {
                  lines.push_back(base::line(message, fields));
                }};
  vodeventd::Config config;
  int built = 0;
  std::unique_ptr<Exposition> exposition;

  void open() {
    exposition = std::make_unique<Exposition>(config, clock, log);
    exposition->open([this](Reader reader) {
      ++built;
      return std::string(reader == Reader::asker ? "asked " : "collected ") +
             std::to_string(built) + '\n';
    });
  }
  void tick(std::chrono::seconds time) {
    clock.advance(time);
    exposition->tick(clock.now());
  }
  std::string ask(const std::string& head) {
    const Client client(config.metrics.listen);
    client.send(head + " HTTP/1.1\r\nHost: x\r\n\r\n");
    std::string text;
    char buffer[4096];
    for (int i = 0; i < 500; ++i) {
      exposition->turn();
      pollfd ready{client.descriptor(), POLLIN, 0};
      if (poll(&ready, 1, 10) == 0) continue;
      const ssize_t count = recv(client.descriptor(), buffer, sizeof buffer, 0);
      if (count <= 0) return text;
      text.append(buffer, static_cast<std::size_t>(count));
    }
    return "nothing";
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "unless it is configured, nothing is listened on, built or written") {
  open();
  CHECK_FALSE(exposition->on());
  CHECK(exposition->descriptors().empty());
  for (int i = 0; i < 100; ++i) {
    exposition->turn();
    tick(1s);
  }
  exposition->close();
  CHECK(built == 0);
}

TEST_CASE_METHOD(Fixture, "the file is written at its pace and at the end, and all may read it") {
  config.metrics.textfile = folder / "vodeventd.prom";
  config.metrics.textfile_interval = 5s;
  open();
  CHECK(exposition->on());
  for (int i = 0; i < 11; ++i) tick(1s);
  CHECK(built == 3);
  CHECK(text_of(config.metrics.textfile) == "collected 3\n");
  struct stat status {};
  REQUIRE(stat(config.metrics.textfile.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0644);
  exposition->close();
  CHECK(text_of(config.metrics.textfile) == "collected 4\n");
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE_METHOD(Fixture, "that the file can't be written is told, and that it can again") {
  config.metrics.textfile = folder / "later/vodeventd.prom";
  open();
  for (int i = 0; i < 10; ++i) tick(15s);
  REQUIRE(lines.size() == 5);  // 150 s: at once, then the repeated ones every 30 s
  CHECK_THAT(lines[0], Contains("could not write the metrics") &&
                           Contains("later/vodeventd.prom") &&
                           Contains("advice=\"Make the folder"));
  std::filesystem::create_directory(folder / "later");
  for (int i = 0; i < 10; ++i) tick(15s);
  REQUIRE(lines.size() == 6);
  CHECK_THAT(lines[5], Contains("wrote the metrics again"));
}

TEST_CASE("a file that can't be written has advice") {
  const auto advice = [](std::errc error) {
    return vodeventd::advice_on_file(std::make_error_code(error), "/srv/metrics/vodeventd.prom");
  };
  CHECK_THAT(advice(std::errc::read_only_file_system),
             Contains("ReadWritePaths=/srv/metrics: systemctl edit vodeventd"));
  CHECK_THAT(advice(std::errc::permission_denied), Contains("user write the folder /srv/metrics"));
  CHECK_THAT(advice(std::errc::no_space_on_device), Contains("room"));
}

TEST_CASE_METHOD(Fixture, "an address that can't be had is told, and keeps nothing from its work") {
  config.metrics.listen = "unix:" + folder / "missing/metrics.sock";
  open();
  REQUIRE(lines.size() == 1);
  CHECK_THAT(lines[0], Contains("could not serve the metrics") && Contains("missing/metrics.sock"));
  CHECK_FALSE(exposition->on());
  CHECK(exposition->descriptors().empty());
}

TEST_CASE_METHOD(Fixture, "a link that lies in the file's way is replaced, not followed") {
  const std::string precious = folder.write("precious", "kept");
  const std::string path = folder / "vodeventd.prom";
  std::filesystem::create_symlink(precious, path + ".new");
  std::filesystem::create_symlink(precious, path);
  vodeventd::replace_file(path, "text");
  CHECK(text_of(precious) == "kept");
  CHECK(text_of(path) == "text");
  CHECK_FALSE(std::filesystem::is_symlink(path));
}

TEST_CASE_METHOD(Fixture, "metrics and health are served, nothing else") {
  config.metrics.listen = "unix:" + folder / "metrics.sock";
  open();
  REQUIRE(exposition->descriptors().size() == 1);
  CHECK_THAT(ask("GET /metrics"), Contains("200 OK") &&
                                      Contains("text/plain; version=0.0.4; charset=utf-8\r\n") &&
                                      Catch::EndsWith("\r\n\r\nasked 1\n"));
  CHECK_THAT(ask("HEAD /metrics"), Contains("200 OK") && !Contains("asked"));
  CHECK_THAT(ask("GET /healthz"), Contains("200 OK") && Catch::EndsWith("\r\n\r\nok\n"));
  for (const char* path : {"GET /", "GET /metrics/", "GET //metrics", "GET /..", "POST /x"})
    CHECK_THAT(ask(path), Contains("HTTP/1.1 404 "));
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"})
    CHECK_THAT(ask(std::string(method) + " /metrics"),
               Contains("HTTP/1.1 405 ") && Contains("Allow: GET, HEAD\r\n"));
}

TEST_CASE_METHOD(Fixture, "however often it is asked for, a page is built once a second at most") {
  config.metrics.listen = "unix:" + folder / "metrics.sock";
  open();
  for (int i = 0; i < 20; ++i) CHECK_THAT(ask("GET /metrics"), Contains("asked 1"));
  clock.advance(1s);
  CHECK_THAT(ask("GET /metrics"), Contains("asked 2"));
  CHECK(built == 2);
}
