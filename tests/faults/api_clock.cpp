// Faults 23 and 35: clocks that differ.  Here it is the service's clock that is moved: what the
// daemon meets is the same.  Faults 32 to 34 need a clock of their own: tests/relay/clock_test.cpp.
#include "faults/api.h"

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds year{31'556'952};

}  // namespace

TEST_CASE_METHOD(faults::Api,
                 "fault 23: a wrong clock is learned from the service, told, and made up for",
                 "[api]") {
  const std::chrono::seconds ahead = GENERATE(301s, -2h, 24h, -24h);
  CAPTURE(ahead.count());
  queue(40, {"--clock-skew-s", std::to_string(ahead.count())});
  run_until_confirmed(40);
  CHECK(total("auth_failures") == 1);
  CHECK(logged("<4>learned the server's time, this machine's clock is wrong") == 1);
  CHECK(logged("could not pull error_class=\"clock skew\"") == 0);
}

TEST_CASE_METHOD(faults::Api, "fault 23: a difference below five minutes is not touched", "[api]") {
  queue(40, {"--clock-skew-s", "280"});
  run_until_confirmed(40);
  CHECK(total("auth_failures") == 0);
  CHECK(logged("learned the server's time") == 0);
}

TEST_CASE_METHOD(faults::Api,
                 "fault 23: a refusal that the Date does not explain is told and waited on",
                 "[api]") {
  const auto* action = GENERATE("PullEvents", "ConfirmEvents");
  CAPTURE(action);
  const std::string failure = "AuthFailure.SignatureExpire:2@" + std::string(action);
  serve(16, {"--fail", failure});
  start();
  await_log("error_class=\"clock skew\"");
  while (total_now("confirmed") < 16) {
    process->signal(SIGHUP);
    std::this_thread::sleep_for(20ms);
  }
  finish(16);
  CHECK(total("failures") == 2);
  CHECK(logged("learned the server's time") == 0);
}

// The service lives in 2046: its Date, the timestamps that are signed and the date of the signature
// lie beyond what 32 bits hold.
TEST_CASE_METHOD(faults::Api,
                 "fault 35: twenty years ahead everything is signed, stored and confirmed",
                 "[api]") {
  queue(40, {"--clock-skew-s", std::to_string((20 * year).count())});
  run_until_confirmed(40);
  CHECK(total("auth_failures") == 1);
}
