// Faults 19 to 22, 24, 25: the codes of the API, each with the reaction of its class.  Every row of
// the table of codes is played, for both actions.
#include "faults/api.h"
#include "vod/errors.h"

#include <set>

namespace {

using namespace std::chrono_literals;
using Catch::Contains;
using faults::Arguments;
using vod::Action;
using vod::ErrorClass;

// The codes that mean this for the action.
std::vector<std::string> codes_of(ErrorClass error_class, Action action) {
  std::set<std::string> codes;
  for (const vod::CodeRow& row : vod::error_codes())
    if (vod::classify(row.code, action) == error_class) codes.emplace(row.code);
  return {codes.begin(), codes.end()};
}

struct Codes : faults::Api {
  // Each of the codes once, and `between` after each.
  void serve_codes(const std::vector<std::string>& codes, Action action,
                   const std::string& between = {}) {
    Arguments failures;
    const std::string at = '@' + std::string(to_string(action));
    for (const std::string& code : codes) {
      failures.insert(failures.end(), {"--fail", code + at + "=on purpose"});
      if (!between.empty()) failures.insert(failures.end(), {"--fail", between + at});
    }
    serve(320, failures);
  }

  // Asks for the next attempt, and again where the signal came before the answer it was to follow,
  // until a total of the simulator's ledger has come to this.
  void nudge_until(std::string_view name, std::int64_t number) {
    while (total_now(name) < number) {
      process->signal(SIGHUP);
      ++signals;
      std::this_thread::sleep_for(20ms);
    }
  }

  int signals = 0;
};

}  // namespace

TEST_CASE_METHOD(Codes, "fault 19: an empty queue is no error, in any of its forms", "[api]") {
  const auto* form = GENERATE("error", "null", "missing", "array");
  CAPTURE(form);
  serve(2, {"--empty", form, "--arrive", "1/s"});
  start();
  finish(2);
  CHECK(total("pulls_empty") >= 1);
  CHECK(total("requests") <= 2 + 2 + 5);  // two replies, two confirms, and a poll each second
  CHECK_THAT(log(), !Contains("no event") && !Contains("ResourceNotFound"));
}

TEST_CASE_METHOD(Codes, "fault 20: a not-found that comes at once and again is told loudly",
                 "[api]") {
  SECTION("on a pull as a warning, while it goes on asking") {
    serve(16, {"--fail", "ResourceNotFound:5@PullEvents=The application is gone."});
    start();
    finish(16);
    CHECK_THAT(log(), Contains("<4>") && Contains("check sub_app_id") &&
                          Contains("The application is gone."));
  }
  SECTION("on a confirm as a matter of configuration") {
    serve(16, {"--fail", "ResourceNotFound@ConfirmEvents"});
    start();
    finish(16);
    CHECK_THAT(
        log(),
        Contains("could not confirm yet error_class=configuration error_code=ResourceNotFound"));
  }
}

TEST_CASE_METHOD(Codes, "fault 21: too many requests become fewer, of both actions", "[api]") {
  const Action action = GENERATE(Action::pull_events, Action::confirm_events);
  const auto codes = codes_of(ErrorClass::throttled, action);
  REQUIRE(codes.size() >= 4);
  serve_codes(codes, action);
  start();
  finish(320);
  CHECK(total("failures") == static_cast<std::int64_t>(codes.size()));
  CHECK(total("redelivered") == 0);
  CHECK_THAT(log(), !Contains("could not pull"));  // a passing limit is no news
}

TEST_CASE_METHOD(Codes, "fault 21: a low limit is found, and seldom hit", "[api]") {
  serve(400, {"--rate", "20"});
  start();
  finish(400);
  CHECK(total("throttled") >= 1);
  CHECK(total("throttled") <= 15);  // beside 50 requests that do the work
}

TEST_CASE_METHOD(Codes, "fault 22: a wrong key is tried slowly until there is another", "[api]") {
  serve(16, {});
  configure({}, "wrong-key");
  start();
  await_log("AuthFailure.SignatureFailure");
  std::this_thread::sleep_for(2s);  // not a wait for something: the time in which nothing happens
  CHECK(total_now("auth_failures") == 1);
  CHECK_THAT(log(), Contains("advice=\"The key is wrong"));
  configure();
  process->signal(SIGHUP);
  finish(16);
  CHECK_THAT(log(), !Contains("wrong-key") && !Contains("test-key"));
}

TEST_CASE_METHOD(Codes, "fault 22: the key is read again when it is refused, without a signal",
                 "[api]") {
  serve(16, {"--rtt-ms", "400", "--fail", "AuthFailure.SecretIdNotFound@PullEvents"});
  start();
  await_log("started");
  configure({}, "");  // while the first pull is under way
  await_log("could not get the credential");
  CHECK_THAT(log(), Contains("is missing or empty"));
  configure();
  process->signal(SIGHUP);
  finish(16);
}

// What a person has to mend is asked for again after a minute: within this test, only when a signal
// says so.  The first refusal of a confirm may be an accident and is repeated once by itself.
TEST_CASE_METHOD(Codes, "fault 24: no code that a person has to mend makes it run hot or end",
                 "[api]") {
  const auto error_class =
      GENERATE(ErrorClass::credential, ErrorClass::permission, ErrorClass::configuration);
  const Action action = GENERATE(Action::pull_events, Action::confirm_events);
  const auto codes = codes_of(error_class, action);
  const auto count = static_cast<std::int64_t>(codes.size());
  CAPTURE(vod::to_string(error_class), to_string(action), count);
  REQUIRE(codes.size() >= 4);
  Arguments failures;
  for (const std::string& code : codes)
    failures.insert(failures.end(), {"--fail", code + '@' + std::string(to_string(action))});
  serve(16, failures);
  start();
  await_log("started");
  const int unasked = action == Action::pull_events ? 1 : 2;
  for (std::int64_t i = 1; i <= count; ++i) {
    nudge_until("failures", i);
    CHECK(total_now("failures") <= signals + unasked);
  }
  nudge_until("confirmed", 16);
  finish(16);
  CHECK_THAT(log(), Contains("error_class=" + std::string(vod::to_string(error_class))));
}

TEST_CASE_METHOD(Codes, "fault 25: trouble of the service is retried, a confirm within its lease",
                 "[api]") {
  const Action action = GENERATE(Action::pull_events, Action::confirm_events);
  const auto codes = codes_of(ErrorClass::transient, action);
  REQUIRE(codes.size() >= 8);
  serve_codes(codes, action, "none");
  start();
  finish(320);
  CHECK(total("failures") == static_cast<std::int64_t>(codes.size()));
  CHECK(total("redelivered") == 0);
}

TEST_CASE_METHOD(Codes, "fault 25: a code that nobody knows is retried as well", "[api]") {
  serve(16, {"--fail", "BrandNew.Trouble:2"});
  start();
  finish(16);
  CHECK(total("failures") == 2);
}
