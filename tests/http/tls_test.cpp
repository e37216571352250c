// Real TLS: certificates made on the spot, served by `openssl s_server`.
#include "fetch.h"
#include "support/loopback_server.h"
#include "support/process.h"
#include "support/temp_folder.h"

#include <string>
#include <string_view>

using http::Fault;
using namespace std::chrono_literals;

namespace {

void shell(const support::TempFolder& folder, const std::string& command) {
  support::Process process({{"sh", "-ec", command}, {}, "", "", folder.path()});
  const auto status = process.wait(20s);
  CAPTURE(command, process.err());
  REQUIRE(status == 0);
}

// An authority (ca.pem) and a key for servers (server.key); kept for all tests of this program.
const support::TempFolder& authority() {
  static const support::TempFolder folder;
  static const bool made = [] {
    shell(folder,
          "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
          " -subj '/CN=test authority' -keyout ca.key -out ca.pem;"
          "openssl genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-256 -out server.key");
    return true;
  }();
  static_cast<void>(made);
  return folder;
}

// A certificate that the authority signed: <name>.pem.
void sign(const std::string& name, const std::string& subject_alt_name, int days) {
  shell(authority(), "openssl req -new -key server.key -subj /CN=server -addext subjectAltName=" +
                         subject_alt_name + " -out " + name +
                         ".csr;"
                         "openssl x509 -req -in " +
                         name + ".csr -CA ca.pem -CAkey ca.key -days " + std::to_string(days) +
                         " -copy_extensions copy -out " + name + ".pem");
}

class TlsServer {
 public:
  explicit TlsServer(const std::string& certificate)
      : process_({{"openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key",
                   "server.key", "-www"},
                  {},
                  "",
                  "",
                  authority().path()}) {
    constexpr std::string_view told = "ACCEPT 127.0.0.1:";
    while (const auto line = process_.read_line(20s)) {
      if (line->starts_with(told)) port_ = line->substr(told.size());
      if (!port_.empty()) break;
    }
    CAPTURE(process_.err());
    REQUIRE_FALSE(port_.empty());
  }

  [[nodiscard]] std::string url(const std::string& host) const {
    return "https://" + host + ":" + port_ + "/";
  }

 private:
  support::Process process_;
  std::string port_;
};

http::CurlTransport::Settings trusting() { return {.ca_file = authority() / "ca.pem"}; }

}  // namespace

TEST_CASE("a server with a proper certificate is spoken to, by name and by address") {
  sign("good", "DNS:localhost,IP:127.0.0.1", 2);
  const TlsServer server("good.pem");
  Client client(trusting());
  for (const char* host : {"localhost", "127.0.0.1"}) {
    const http::Response reply = client.get(server.url(host));
    CAPTURE(host, reply.detail);
    CHECK(reply.fault == Fault::none);
    CHECK(reply.status == 200);
    CHECK(reply.body.find("s_server") != std::string::npos);
  }
}

TEST_CASE("an authority that is not in the file is not trusted", "[fault-11]") {
  sign("good", "DNS:localhost", 2);
  const TlsServer server("good.pem");
  const http::Response reply = Client().get(server.url("localhost"));  // the system's bundle
  CHECK(reply.fault == Fault::tls);
  CHECK(reply.body.empty());
  CHECK_FALSE(reply.detail.empty());
}

TEST_CASE("a self-signed certificate is refused", "[fault-11]") {
  shell(authority(),
        "openssl req -x509 -key server.key -days 2 -subj /CN=localhost"
        " -addext subjectAltName=DNS:localhost -out self.pem");
  const TlsServer server("self.pem");
  CHECK(Client(trusting()).get(server.url("localhost")).fault == Fault::tls);
}

TEST_CASE("an expired certificate is refused", "[fault-11]") {
  sign("expired", "DNS:localhost", -1);
  const TlsServer server("expired.pem");
  CHECK(Client(trusting()).get(server.url("localhost")).fault == Fault::tls);
}

TEST_CASE("a certificate for another host is refused", "[fault-11]") {
  sign("other", "DNS:vod.tencentcloudapi.com", 2);
  const TlsServer server("other.pem");
  CHECK(Client(trusting()).get(server.url("localhost")).fault == Fault::tls);
}

TEST_CASE("a Host header does not soften the check of the certificate", "[fault-11]") {
  sign("other", "DNS:vod.tencentcloudapi.com", 2);
  const TlsServer server("other.pem");
  const http::Request request{.url = server.url("localhost"),
                              .headers = {"Host: vod.tencentcloudapi.com"}};
  CHECK(Client(trusting()).fetch(request).fault == Fault::tls);
}

TEST_CASE("a bundle that is replaced counts from the next request on", "[fault-12]") {
  sign("good", "DNS:localhost", 2);
  shell(authority(),
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
        " -subj '/CN=another authority' -keyout other.key -out other-ca.pem");
  const TlsServer server("good.pem");
  const auto bundle = [](const char* of) {
    shell(authority(), std::string("cp ") + of + " bundle.new; mv bundle.new bundle.pem");
  };
  bundle("other-ca.pem");
  Client client({.ca_file = authority() / "bundle.pem"});
  const auto fault = [&] { return client.get(server.url("localhost")).fault; };
  CHECK(fault() == Fault::tls);
  bundle("ca.pem");
  CHECK(fault() == Fault::none);
  bundle("other-ca.pem");
  CHECK(fault() == Fault::tls);
  shell(authority(), "rm bundle.pem");
  CHECK(fault() == Fault::tls);
  bundle("ca.pem");
  CHECK(fault() == Fault::none);
}

TEST_CASE("a connection made before the bundle was replaced is not used again", "[fault-12]") {
  const support::TempFolder folder;
  folder.write("ca.pem", "one");
  support::LoopbackServer server(
      [](auto&) { return support::Reply{support::http_reply(200, "")}; });
  Client client({.ca_file = folder / "ca.pem"});
  for (int i = 0; i < 2; ++i) CHECK(client.get(server.url()).status == 200);
  CHECK(server.connections() == 1);
  folder.write("ca.pem", "another");
  CHECK(client.get(server.url()).status == 200);
  CHECK(server.connections() == 2);
}

TEST_CASE("other settings hold for the requests that start after them") {
  sign("good", "DNS:localhost", 2);
  const TlsServer server("good.pem");
  Client client;
  CHECK(client.get(server.url("localhost")).fault == Fault::tls);
  client.transport.reload(trusting());
  CHECK(client.get(server.url("localhost")).fault == Fault::none);
  client.transport.reload({.ca_file = authority() / "ca.pem", .body_bytes_max = 10});
  CHECK(client.get(server.url("localhost")).fault == Fault::too_large);
}

TEST_CASE("a bundle that cannot be read is a fault of TLS, not a way round it", "[fault-12]") {
  sign("good", "DNS:localhost", 2);
  const TlsServer server("good.pem");
  CHECK(Client({.ca_file = "/nonexistent/ca.pem"}).get(server.url("localhost")).fault ==
        Fault::tls);
}
