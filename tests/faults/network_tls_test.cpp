// Faults 11, 12 and 18: who is trusted, and who is not asked.
#include "faults/certificates.h"
#include "faults/support.h"
#include "support/loopback_server.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <string>

using namespace std::chrono_literals;
using Catch::Contains;
using faults::Arguments;
using faults::Certificates;

namespace {

constexpr int events = 40;
constexpr const char* here = "DNS:localhost,IP:127.0.0.1";

const Certificates& certificates() {
  static const Certificates made;
  return made;
}

struct Setup : faults::Setup {
  Setup() { ca_file = certificates().file("ca.pem"); }

  void serve(const std::string& certificate, const Arguments& more = {}) {
    Arguments arguments = {"--tls-cert", certificate, "--tls-key",
                           certificates().file("server.key")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    queue(events, arguments);
    REQUIRE(url.starts_with("https://"));
  }

  void start_trusting(const std::string& file) { start({"VODEVENTD_API_CA_FILE=" + file}); }

  // The daemon has told of TLS and tried again since; the simulator saw not one request.
  void check_refused(const std::string& why) {
    await_logged("could not pull error_class=transient error_code=tls");
    end_simulator();
    CAPTURE(log());
    CHECK(process->running());
    CHECK_THAT(log(), Contains(why) && Contains("advice="));
    CHECK(total("requests") == 0);
    CHECK(total("new_connections") <= 20);
  }

  void check_goes_on() {
    await_confirmed(events);
    CAPTURE(log());
    CHECK(logged("could not pull error_class=transient error_code=tls") == 1);
    CHECK(logged("pulled again after_s=") == 1);
    stop();
    end_simulator();
    check_ledger(events);
  }
};

std::string certificate_of(const std::string& what) {
  const Certificates& all = certificates();
  if (what == "expired") return all.sign(what, here, -1);
  if (what == "other host") return all.sign("other", "DNS:vod.tencentcloudapi.com");
  if (what == "foreign") return all.sign(what, here, 2, "foreign-ca");
  return all.self_sign("self", here);
}

}  // namespace

TEST_CASE_METHOD(Setup,
                 "fault 11: to a server with a wrong certificate no request is sent, and the right "
                 "one is found by itself",
                 "[network]") {
  using Case = std::pair<const char*, const char*>;
  const auto [what, why] =
      GENERATE(Case{"expired", "certificate has expired"}, Case{"self-signed", "self-signed"},
               Case{"other host", "no alternative certificate subject name matches"},
               Case{"foreign", "unable to get local issuer certificate"});
  CAPTURE(what);
  serve(certificate_of(what));
  configure();
  start_trusting(ca_file);
  check_refused(why);
  serve(certificates().sign("good", here), {"--listen", place()});
  check_goes_on();
}

TEST_CASE_METHOD(Setup, "fault 11: SIGTERM ends a daemon that trusts no one", "[network]") {
  serve(certificate_of("expired"));
  configure();
  start_trusting(ca_file);
  await_logged("error_code=tls");
  stop();
  end_simulator();
  CHECK(total("requests") == 0);
}

TEST_CASE_METHOD(Setup, "fault 12: a bundle that is replaced is read again, with or without SIGHUP",
                 "[network]") {
  const bool told = GENERATE(true, false);
  CAPTURE(told);
  certificates().replace("bundle.pem", "foreign-ca.pem");
  serve(certificates().sign("good", here));
  configure();
  start_trusting(certificates().file("bundle.pem"));
  await_logged("could not pull error_class=transient error_code=tls");
  certificates().replace("bundle.pem", "ca.pem");
  if (told) process->signal(SIGHUP);
  check_goes_on();
}

TEST_CASE_METHOD(Setup, "fault 12: what is taken out of the bundle is trusted no longer",
                 "[network]") {
  certificates().replace("bundle.pem", "ca.pem");
  serve(certificates().sign("good", here));
  configure();
  start_trusting(certificates().file("bundle.pem"));
  await_confirmed(events);  // on connections that would be kept
  certificates().replace("bundle.pem", "foreign-ca.pem");
  await_logged("could not pull error_class=transient error_code=tls");
  const auto requests = total_now("requests");
  stop();
  CHECK(total_now("requests") == requests);
  end_simulator();
  check_ledger(events);
}

TEST_CASE_METHOD(Setup, "fault 18: a proxy in the environment is ignored", "[network]") {
  const bool tls = GENERATE(false, true);
  CAPTURE(tls);
  support::LoopbackServer proxy([](const std::string&) { return support::Reply{}; });
  if (tls)
    serve(certificates().sign("good", here));
  else
    queue(events);
  Arguments environment = {"VODEVENTD_API_CA_FILE=" + ca_file};
  for (const char* name : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"})
    environment.push_back(std::string(name) + '=' + proxy.url());
  run_until_confirmed(events, environment);
  CHECK(proxy.connections() == 0);
}
