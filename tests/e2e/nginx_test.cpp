// A real nginx with TLS in front of the daemon, by the example that is installed.
#include "e2e/callbacks.h"
#include "httpd/listener.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <iterator>

namespace {

using Catch::Contains;
using namespace std::chrono_literals;

constexpr const char* secret_path = "/vod/3f1c9e0a77d24b58";

struct Proxied : e2e::Callbacks {
  std::string site;  // host and port
  std::unique_ptr<support::Process> nginx;

  Proxied() {
    const std::string place = httpd::Listener("127.0.0.1:0").address();
    site = "localhost" + place.substr(place.rfind(':'));
    make_certificate();
    start_nginx(place);
    configure_push(std::string("path = \"") + secret_path + "\"\n");
  }

  void make_certificate() const {
    support::Process openssl({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                              "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                              "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout",
                              folder / "key.pem", "-out", folder / "certificate.pem"});
    REQUIRE(openssl.wait(30s) == 0);
  }

  void start_nginx(const std::string& place) {
    std::ifstream file(std::string(SOURCE) + "/systemd/examples/vodeventd-nginx.conf");
    std::string example{std::istreambuf_iterator<char>(file), {}};
    const std::string usual = "/run/vodeventd-receiver.sock";
    const std::size_t at = example.find(usual);
    REQUIRE(at != std::string::npos);
    // All names are relative: nginx would end a path at a blank.
    example.replace(at, usual.size(), std::filesystem::path(socket).filename());
    std::string places;
    for (const char* each : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
      places += std::string(each) + "_temp_path " + each + ";\n";
    folder.write("nginx.conf",
                 "daemon off; master_process off; pid nginx.pid; error_log stderr;\n"
                 "events {}\nhttp {\naccess_log off;\n" +
                     places + "server {\nlisten " + place +
                     " ssl;\nssl_certificate certificate.pem;"
                     " ssl_certificate_key key.pem;\n" +
                     example + "}\n}\n");
    nginx = std::make_unique<support::Process>(support::Process::Command{
        .arguments = {"nginx", "-c", folder / "nginx.conf", "-p", folder.path(), "-e", "stderr"},
        .environment = {},
        .out_file = {},
        .err_file = folder / "nginx.log",
        .folder = folder.path()});
    for (int i = 0; i < 100 && nginx->running(); ++i) {
      if (ask({}, "/").status == "404") return;
      std::this_thread::sleep_for(50ms);
    }
    std::ifstream log(folder / "nginx.log");
    FAIL("nginx does not serve; ./dev test fetches it.  "
         << std::string(std::istreambuf_iterator<char>(log), {}));
  }

  struct Answer {
    std::string status, text;
  };
  [[nodiscard]] Answer ask(const e2e::Arguments& options, const std::string& target) const {
    e2e::Arguments arguments = {"curl",        "--silent",      "--max-time",
                                "20",          "--cacert",      folder / "certificate.pem",
                                "--write-out", "\n%{http_code}"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    arguments.push_back("https://" + site + target);
    support::Process curl(arguments);
    curl.wait(30s);
    const std::string out = curl.out();
    const std::size_t line = out.rfind('\n');
    return {out.substr(line + 1), out.substr(0, line)};
  }
  [[nodiscard]] Answer send(const std::string& body, e2e::Arguments options = {}) const {
    options.insert(options.end(), {"--data-binary", "@" + folder.write("body", body)});
    return ask(options, secret_path);
  }
};

}  // namespace

TEST_CASE_METHOD(Proxied, "callbacks come through nginx, with the address of who sent them") {
  auto process = daemon("run");
  await_log("receiving callbacks");
  const Answer stored = send(e2e::callback("a"), {"--interface", "127.0.0.2"});
  CHECK(stored.status == "200");
  CHECK(stored.text == "{\"outcome\":\"stored\"}\n");
  CHECK(send(e2e::callback("a")).text == "{\"outcome\":\"redelivered\"}\n");
  CHECK(send(e2e::callback("b"), {"--header", "X-Forwarded-For: 203.0.113.9"}).status == "200");
  CHECK(send(e2e::callback("c"), {"--header", "Transfer-Encoding: chunked"}).status == "200");
  CHECK(send(e2e::callback("d"), {"--header", "Expect: 100-continue"}).status == "200");
  CHECK(send(e2e::callback(std::string(1'400'000, 'x'))).status == "200");
  CHECK(number("SELECT count(*) FROM events WHERE origin = '127.0.0.1'") == 4);
  CHECK(number("SELECT count(*) FROM events WHERE origin = '127.0.0.2' AND task_id = 'a'") == 1);
  end(process);
}

TEST_CASE_METHOD(Proxied,
                 "through nginx too, what can't be taken is refused, and what can't be "
                 "stored sent back") {
  auto process = daemon("run");
  await_log("receiving callbacks");
  std::string too_long;
  too_long.resize(8'500'000, 'x');
  CHECK(send(too_long).status == "413");
  CHECK(send(e2e::callback("a"), {"--header", "Content-Encoding: gzip"}).status == "415");
  CHECK(ask({}, secret_path).status == "405");
  CHECK(ask({}, std::string(secret_path) + "x").status == "404");
  {
    sqlite::Database other(database, sqlite::Database::Mode::read_write);
    other.busy_timeout_ms(5000);
    other.run("BEGIN IMMEDIATE");
    const Answer busy = send(e2e::callback("a"), {"--include"});
    CHECK(busy.status == "503");
    CHECK_THAT(busy.text, Contains("Retry-After: 1"));
  }
  end(process);
  CHECK(send(e2e::callback("a")).status == "502");  // which is no 200 either
  auto next = daemon("run");
  await_log("receiving callbacks");
  for (int i = 0; i < 100 && send(e2e::callback("a")).status != "200"; ++i)
    std::this_thread::sleep_for(50ms);
  CHECK(number("SELECT count(*) FROM events") == 1);
  end(next);
}
