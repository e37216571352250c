// The probe against real sockets; against real certificates: tests/e2e/check_online_test.cpp.
#include "http/probe.h"

#include "fetch.h"
#include "support/loopback_server.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <string>

using http::Fault;
using namespace std::chrono_literals;

TEST_CASE("a probe connects, and sends no request") {
  support::LoopbackServer server(
      [](const std::string&) { return support::Reply{support::http_reply(200, "")}; });
  const http::Probe probe = http::probe(server.url(), "", 5s);
  CHECK(probe.fault == Fault::none);
  CHECK(probe.address == "127.0.0.1");
  CHECK(probe.connect > 0us);
  CHECK(probe.tls.empty());
  CHECK_FALSE(probe.certificate_ends);
  Client().get(server.url("/asked"));  // what came before has been read when this is answered
  REQUIRE(server.requests().size() == 1);
  CHECK_THAT(server.requests()[0], Catch::StartsWith("GET /asked"));
}

TEST_CASE("a probe tells at which step the way ends") {
  support::LoopbackServer server([](const std::string&) { return support::Reply{}; });
  const std::string port = std::to_string(server.port());
  CHECK(http::probe("http://127.0.0.1:1/", "", 5s).fault == Fault::connect);
  CHECK(http::probe("https://127.0.0.1:" + port + "/", "", 300ms).fault == Fault::tls);
  CHECK(http::probe("https://127.0.0.1:" + port + "/", "/nonexistent", 5s).fault == Fault::tls);
  CHECK(http::probe("http://192.0.2.1/", "", 5s).fault == Fault::refused);
}

TEST_CASE("a handshake that is broken off is TLS's fault") {
  support::LoopbackServer broken([](const std::string&) {
    return support::Reply{"", support::Then::reset};
  });
  const http::Probe probe = http::probe("https" + broken.url().substr(4), "", 1s);
  CHECK(probe.fault == Fault::tls);
  CHECK_FALSE(probe.detail.empty());
}
