// check --online: each finding provoked at the simulator, or on the way to it.
#include "e2e/doctor.h"
#include "faults/black_hole.h"
#include "faults/certificates.h"
#include "support/loopback_server.h"
#include "support/skip.h"

#include <signal.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdint>
#include <fstream>
#include <string>
#include <thread>
#include <tuple>
#include <utility>

namespace {

using namespace std::chrono_literals;

using Catch::Contains;
using e2e::Arguments;
using e2e::Doctor;
using e2e::Report;

}  // namespace

TEST_CASE_METHOD(Doctor, "check --online finds nothing bad where all is well, and takes nothing") {
  simulate({"--generate", "7000"});
  configure();
  const Report report = online();
  INFO(report.json());
  CHECK(report.status() == 0);
  for (const char* name :
       {"resolve", "connect", "tls", "service clock", "key", "round trip", "ConfirmEvents",
        "DescribeEventConfig", "DescribeEventsState", "delivery", "switches", "queue"})
    CHECK(report.state(name) == "ok");
  CHECK_THAT(report.text("delivery"), Contains("PULL mode"));
  CHECK_THAT(report.text("round trip"), Contains("median of 5 requests on one connection"));
  CHECK_THAT(report.text("queue"), Contains("about 7000 events") && Contains("takes 5 s"));
  CHECK(report.state("PullEvents") == "unknown");
  CHECK_THAT(report.text("PullEvents"), Contains("not tried"));
  CHECK(total("pulls") == "0");
}

TEST_CASE_METHOD(Doctor, "check --online --pull pulls, unless a daemon does") {
  simulate({"--generate", "40", "--lease-s", "1", "--hold-s", "0.2"});
  configure();
  auto usage = run({"--pull"});
  CHECK(usage.wait(10s) == 64);
  const Report alone = online({"--pull"});
  CHECK(alone.state("PullEvents") == "ok");
  CHECK_THAT(alone.text("PullEvents"), Contains("leased 16 events"));
  auto process = daemon("run");
  await_log("stored events=");
  CHECK(online({"--pull"}).state("PullEvents") == "unknown");
  const std::string stored = "SELECT count(*) FROM events WHERE redelivery_of IS NULL";
  for (int i = 0; i < 200 && number(stored) < 40; ++i) std::this_thread::sleep_for(50ms);
  CHECK(number(stored) == 40);  // those that the check leased came again
  process.signal(SIGTERM);
  REQUIRE(process.wait(15s) == 0);
  CHECK_THAT(online({"--pull"}).text("PullEvents"), Contains("permitted"));
}

TEST_CASE_METHOD(Doctor, "check --online tells that the application is in PUSH mode") {
  simulate({"--mode", "PUSH", "--notification-url",
            "https://me:secret@example.org/hook?token=secret#x"});
  configure();
  const Report report = online();
  CHECK(report.status() == 78);
  CHECK(report.state("delivery") == "bad");
  CHECK_THAT(report.text("delivery"), Contains("nothing will ever arrive") &&
                                          Contains("https://example.org/hook") &&
                                          !Contains("secret"));
  CHECK_THAT(report.advice("delivery"), Contains("ModifyEventConfig"));
  CHECK(report.state("queue") == "ok");
}

TEST_CASE_METHOD(Doctor, "check --online tells which events are switched off") {
  simulate({"--switch-off", "FileDeleted", "--switch-off", "NewFileUpload"});
  configure();
  const Report report = online();
  CHECK(report.status() == 0);
  CHECK(report.state("switches") == "warn warn");
  CHECK_THAT(report.text("switches"), Contains("NewFileUpload") &&
                                          Contains("FileDeleted are never sent") &&
                                          !Contains("PersistenceComplete"));
  CHECK_THAT(report.advice("switches"), Contains("DeleteMediaCompleteEventSwitch ON"));
}

TEST_CASE_METHOD(Doctor, "check --online tells a wrong key from one that may not") {
  simulate({"--generate", "3", "--hold-s", "0.1"});
  configure({}, "wrong-key");
  const Report wrong = online();
  CHECK(wrong.status() == 69);
  CHECK(wrong.state("key") == "bad");
  CHECK_THAT(wrong.text("key"), Contains("AuthFailure.SignatureFailure"));
  CHECK_THAT(wrong.advice("key"), Contains("replace it"));
  CHECK(wrong.state("ConfirmEvents").empty());
  CHECK(wrong.state("tls") == "ok");
  CHECK_THAT(wrong.json(), !Contains("wrong-key"));
}

TEST_CASE_METHOD(Doctor, "check --online tells for each action whether it is permitted") {
  using Case = std::tuple<std::string, std::string, int>;
  const auto [denied, state, status] =
      GENERATE(Case("PullEvents", "bad", 69), Case("ConfirmEvents", "bad", 69),
               Case("DescribeEventConfig", "warn", 0), Case("DescribeEventsState", "warn", 0));
  CAPTURE(denied);
  simulate({"--hold-s", "0.1", "--fail", "UnauthorizedOperation:1000@" + denied});
  configure();
  const Report report = online({"--pull"});
  CHECK(report.status() == status);
  CHECK(report.state("key") == "ok");
  for (const std::string action :
       {"PullEvents", "ConfirmEvents", "DescribeEventConfig", "DescribeEventsState"})
    CHECK(report.state(action) == (action == denied ? state : "ok"));
  CHECK_THAT(report.text(denied), Contains("not permitted: UnauthorizedOperation"));
  CHECK_THAT(report.advice(denied), Contains("Allow name/vod:" + denied));
}

TEST_CASE_METHOD(Doctor, "check --online tells of an application that is not the key's") {
  simulate({"--sub-app-id", "1500000001"});
  configure();
  CHECK(online({}, {"VODEVENTD_API_SUB_APP_ID=1500000001"}).status() == 0);
  const Report other = online({}, {"VODEVENTD_API_SUB_APP_ID=1500000002"});
  CHECK(other.status() == 69);
  CHECK(other.state("sub_app_id") == "bad");
  CHECK_THAT(other.text("sub_app_id"), Contains("1500000002 is refused"));
  simulator.reset();
  simulate({"--fail", "InvalidParameterValue.SubAppId:1000"});
  configure();
  CHECK_THAT(online().text("sub_app_id"), Contains("none is set"));
}

TEST_CASE_METHOD(Doctor, "check --online tells how far this machine's clock is off") {
  using Case = std::tuple<std::string, std::string, int, std::string>;
  const auto [skew, state, status, text] =
      GENERATE(Case("0", "ok", 0, "right"), Case("60", "warn", 0, " s behind"),
               Case("-60", "warn", 0, " s ahead"), Case("7200", "bad", 78, " s behind"));
  CAPTURE(skew);
  simulate({"--clock-skew-s=" + skew});
  configure();
  const Report report = online();
  CHECK(report.status() == status);
  CHECK(report.state("service clock") == state);
  CHECK_THAT(report.text("service clock"), Contains(text));
  CHECK(report.state("key") == "ok");  // signed again with the service's time
  CHECK(report.state("ConfirmEvents") == "ok");
}

TEST_CASE_METHOD(Doctor, "check --online tells whether the server's certificate is good") {
  static const faults::Certificates certificates;
  constexpr const char* here = "DNS:localhost,IP:127.0.0.1";
  using Case = std::pair<std::string, std::string>;
  const auto [what, why] =
      GENERATE(Case("good", "TLSv1.3"), Case("expired", "certificate has expired"),
               Case("self-signed", "self-signed"),
               Case("other host", "no alternative certificate subject name matches"),
               Case("foreign", "unable to get local issuer certificate"));
  CAPTURE(what);
  const std::string certificate =
      what == "good"          ? certificates.sign("good", here)
      : what == "expired"     ? certificates.sign("expired", here, -1)
      : what == "foreign"     ? certificates.sign("foreign", here, 2, "foreign-ca")
      : what == "self-signed" ? certificates.self_sign("self", here)
                              : certificates.sign("other", "DNS:vod.tencentcloudapi.com");
  simulate({"--tls-cert", certificate, "--tls-key", certificates.file("server.key")});
  configure();
  const Report report = online({}, {"VODEVENTD_API_CA_FILE=" + certificates.file("ca.pem")});
  CHECK(report.state("resolve") == "ok");
  CHECK(report.state("connect") == "ok");
  CHECK(report.state("tls") == (what == "good" ? "ok" : "bad"));
  CHECK_THAT(report.text("tls"), Contains(why));
  CHECK(report.status() == (what == "good" ? 0 : 69));
  if (what == "good")
    CHECK_THAT(report.text("tls"), Contains("trusted for 1 days more"));
  else
    CHECK(total("requests") == "0");
}

TEST_CASE_METHOD(Doctor, "check --online tells where the way to the service ends") {
  configure();
  const Report refused = online();
  CHECK(refused.status() == 69);
  CHECK(refused.state("connect") == "bad");
  CHECK_THAT(refused.advice("connect"), Contains("Nothing accepts connections"));
  CHECK(refused.state("key").empty());
  CHECK(refused.state("sync") == "ok");
  configure({}, "two words");  // a key that can't be used keeps nobody from looking at the way
  CHECK(online().status() == 78);
  CHECK(online().state("connect") == "bad");
}

TEST_CASE_METHOD(Doctor, "check --online gives up in good time where nobody answers") {
  std::uint16_t port = 0;
  {
    const support::LoopbackServer mute([](const std::string&) { return support::Reply{}; });
    port = static_cast<std::uint16_t>(mute.port());
    url = mute.url("");
    configure();
    const Report silent = online();
    CHECK(silent.status() == 69);
    CHECK(silent.state("connect") == "ok");
    CHECK(silent.state("service") == "bad");
    CHECK_THAT(silent.text("service"), Contains("timeout"));
    CHECK(online({}, {"VODEVENTD_API_ENDPOINT=https" + url.substr(4)}).state("tls") == "bad");
  }
  const faults::BlackHole hole("127.0.0.1", port);
  CHECK(online().state("connect") == "bad");
}

TEST_CASE_METHOD(Doctor, "check --online gives up in good time where no name server answers") {
  if (geteuid() != 0) return support::skip("needs root");
  std::ofstream(folder / "hosts") << "127.0.0.1 localhost\n";
  std::ofstream(folder / "resolv.conf") << "nameserver 127.9.8.7\n";
  url = "https://vod.example.invalid";
  configure();
  const Arguments before = with(
      "mount --bind \"$0/hosts\" /etc/hosts; mount --bind \"$0/resolv.conf\" /etc/resolv.conf");
  const Report unknown = check({"--online"}, {}, before);  // nobody listens there
  CHECK(unknown.state("resolve") == "bad");
  const support::Descriptor mute(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(53);
  ::inet_pton(AF_INET, "127.9.8.7", &address.sin_addr);
  REQUIRE(::bind(mute.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  const Report silent = check({"--online"}, {}, before);
  CHECK(silent.status() == 69);
  CHECK(silent.state("resolve") == "bad");
  CHECK_THAT(silent.advice("resolve"), Contains("DNS"));
}

TEST_CASE_METHOD(Doctor, "check --online tells that the machine's role gives no key") {
  simulate({});
  configure();
  const Arguments role = {
      "VODEVENTD_CREDENTIALS_SECRET_ID=", "VODEVENTD_CREDENTIALS_SECRET_KEY_FILE=",
      "VODEVENTD_CREDENTIALS_CVM_ROLE=auto",
      "VODEVENTD_CREDENTIALS_METADATA_ENDPOINT=http://127.0.0.1:1"};
  CHECK(check({}, role).state("credential") == "ok");  // not asked yet
  const Report report = online({}, role);
  CHECK(report.status() == 78);
  CHECK(report.state("credential") == "ok bad");
  CHECK_THAT(report.text("credential"), Contains("metadata service: connect"));
  CHECK(report.state("tls") == "ok");
}

TEST_CASE_METHOD(Doctor, "check --online claims nothing of a key while the service has trouble") {
  simulate({"--fail", "InternalError:1@DescribeEventConfig"});
  configure();
  const Report report = online();
  CHECK(report.status() == 69);
  CHECK(report.state("key") == "unknown");
  CHECK(report.state("DescribeEventConfig") == "bad");
  CHECK(report.state("ConfirmEvents") == "ok");
}

TEST_CASE_METHOD(Doctor, "check --online tells that a key is bound to other addresses") {
  simulate({"--fail", "IpNotInWhitelist:1000"});
  configure();
  const Report report = online();
  CHECK(report.status() == 69);
  CHECK_THAT(report.advice("ConfirmEvents"), Contains("addresses"));
}

TEST_CASE_METHOD(Doctor, "check --online tells that something else answers") {
  const support::LoopbackServer portal([](const std::string&) {
    return support::Reply{support::http_reply(200, "<html>Welcome</html>")};
  });
  url = portal.url("");
  configure();
  const Report report = online();
  CHECK(report.status() == 69);
  CHECK_THAT(report.text("service"), Contains("not-an-answer"));
  CHECK_THAT(report.advice("service"), Contains("portal"));
}
