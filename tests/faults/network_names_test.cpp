// Faults 1, 2 and 16: from a name to an address.
#include "faults/black_hole.h"
#include "faults/certificates.h"
#include "faults/name_server.h"
#include "faults/namespaces.h"
#include "faults/support.h"
#include "support/ipv6.h"
#include "support/skip.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

using namespace std::chrono_literals;
using Catch::Contains;
using faults::Arguments;
using faults::NameServer;

namespace {

constexpr int events = 40;
constexpr const char* host = "vod.example.invalid";

struct Setup : faults::Setup {
  faults::Certificates certificates;

  // The simulator has a name that nobody knows yet.
  void serve_and_start(const NameServer& names) {
    ca_file = certificates.file("ca.pem");
    queue(events,
          {"--tls-cert", certificates.sign("server", std::string("IP:127.0.0.1,DNS:") + host),
           "--tls-key", certificates.file("server.key")});
    const std::string by_address = url;
    url = std::string("https://") + host + url.substr(url.rfind(':'));
    configure();
    url = by_address;
    start({"VODEVENTD_API_CA_FILE=" + ca_file}, names.before());
  }

  // Told once; and as soon as the name is known all goes on.
  void check_told_and_goes_on(const NameServer& names) {
    await_logged("could not pull error_class=transient error_code=resolve");
    CHECK(process->running());
    CHECK_THAT(log(), Contains(host) && Contains("advice="));
    names.know(host);
    await_confirmed(events);
    CAPTURE(log());
    CHECK(logged("could not pull") == 1);
    CHECK(logged("pulled again after_s=") == 1);
    CHECK(names.queries() > 0);
    CHECK(names.queries() <= 60);
    stop();
    end_simulator();
    check_ledger(events);
  }
};

}  // namespace

TEST_CASE_METHOD(Setup, "fault 01: a name that does not exist is tried again until it does",
                 "[network]") {
  if (!faults::act_as_root()) return support::skip("needs root, or user namespaces");
  const NameServer names(NameServer::Manner::says_no);
  serve_and_start(names);
  check_told_and_goes_on(names);
}

TEST_CASE_METHOD(Setup, "fault 01: SIGTERM ends a daemon that finds no host", "[network]") {
  if (!faults::act_as_root()) return support::skip("needs root, or user namespaces");
  const NameServer names(NameServer::Manner::says_no);
  serve_and_start(names);
  await_logged("error_code=resolve");
  stop();
}

TEST_CASE_METHOD(Setup, "fault 02: a name server that never answers is a failure after 5 s",
                 "[network]") {
  if (!faults::act_as_root()) return support::skip("needs root, or user namespaces");
  const NameServer names(NameServer::Manner::silent);
  serve_and_start(names);
  check_told_and_goes_on(names);
}

TEST_CASE_METHOD(Setup, "fault 02: SIGTERM ends a daemon whose name server never answers",
                 "[network]") {
  const bool at_first = GENERATE(true, false);  // in the look-up, or with one given up behind it
  CAPTURE(at_first);
  if (!faults::act_as_root()) return support::skip("needs root, or user namespaces");
  const NameServer names(NameServer::Manner::silent);
  serve_and_start(names);
  const auto until = std::chrono::steady_clock::now() + faults::patience;
  while (names.queries() == 0 && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(10ms);
  if (!at_first) await_logged("error_code=resolve");
  stop();
}

TEST_CASE_METHOD(Setup, "fault 16: where ::1 does not serve, 127.0.0.1 does", "[network]") {
  if (!support::has_ipv6()) return support::skip("needs IPv6");
  const bool refuses = GENERATE(true, false);  // or its connections are never answered
  CAPTURE(refuses);
  queue(events);
  const std::string port = url.substr(url.rfind(':') + 1);
  const std::unique_ptr<faults::BlackHole> hole(
      refuses ? nullptr
              : new faults::BlackHole("::1", static_cast<std::uint16_t>(std::stoi(port))));
  const std::string by_address = url;
  url = "http://localhost:" + port;
  configure();
  url = by_address;
  start();
  await_confirmed(events);
  CAPTURE(log());
  CHECK(logged("could not") == 0);
  stop();
  end_simulator();
  check_ledger(events);
}
