// Faults 4, 7, 8, 13, 14 and 15: replies that are not what the API says.
#include "faults/support.h"
#include "support/loopback_server.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <string>
#include <utility>

using namespace std::chrono_literals;
using Catch::Contains;
using faults::Arguments;

namespace {

// The waits after failures are at least so long each: what is quicker is a hot loop.
constexpr auto wait_least = 100ms;

// Pulls, confirms and idle polls that the events of these tests need, and some more.
constexpr int useful_requests_max = 40;

constexpr int events = 40;

struct Spoilt {
  const char* kind;
  const char* code;     // in the log
  const char* message;  // part of it
};

struct Setup : faults::Setup {
  // The first `count` requests to the action suffer; then all comes to its good end.
  void ride_out(const std::string& fault, int count, const Arguments& more = {}) {
    Arguments arguments = {"--fault", fault};
    arguments.insert(arguments.end(), more.begin(), more.end());
    queue(events, arguments);
    const auto took = run_until_confirmed(events);
    CAPTURE(log());
    CHECK(took >= count * wait_least);
    CHECK(total("faults") == count);
    CHECK(total("requests") <= count + useful_requests_max);
  }

  void ride_out_pulls(const Spoilt& spoilt, int count, const Arguments& more = {}) {
    ride_out(std::string(spoilt.kind) + ':' + std::to_string(count) + "@PullEvents", count, more);
    check_told(spoilt);
  }

  // Said once when it begins and once when it ends.
  void check_told(const Spoilt& spoilt) const {
    CAPTURE(log());
    CHECK(logged(std::string(" error_code=") + spoilt.code) == 1);
    CHECK(logged("could not pull error_class=transient") == 1);
    CHECK(logged("pulled again after_s=") == 1);
    CHECK_THAT(log(), Contains(spoilt.message) && Contains("advice="));
  }

  // The most memory that the daemon ever had.
  [[nodiscard]] std::int64_t peak_kb() const {
    std::ifstream status("/proc/" + std::to_string(process->pid()) + "/status");
    for (std::string line; std::getline(status, line);)
      if (line.starts_with("VmHWM:")) return std::stoll(line.substr(6));
    return -1;
  }
};

}  // namespace

TEST_CASE_METHOD(Setup, "fault 04: a reply that breaks off gives no row and no confirm",
                 "[network]") {
  const auto spoilt = GENERATE(Spoilt{"reset-before", "interrupted", "reset"},
                               Spoilt{"reset-within", "interrupted", "reset"},
                               Spoilt{"too-short", "interrupted", "100 bytes remaining"},
                               Spoilt{"truncated", "not-an-answer", "complete JSON"});
  CAPTURE(spoilt.kind);
  ride_out_pulls(spoilt, 3);
}

TEST_CASE_METHOD(Setup, "fault 04: a confirm whose reply breaks off is sent again", "[network]") {
  const char* kind = GENERATE("reset-before", "reset-within", "reset-after", "close-after",
                              "too-short", "truncated");
  CAPTURE(kind);
  queue(events, {"--fault", std::string(kind) + ":2@ConfirmEvents", "--again", "accept"});
  run_until_confirmed(events);
  CAPTURE(log());
  CHECK(total("faults") == 2);
  CHECK(total("requests") <= useful_requests_max);
  const bool whole = std::string(kind).ends_with("-after");
  // Told once, and once more when another confirm succeeded between the two.
  const auto told = logged("could not confirm yet");
  CHECK((whole ? told == 0 : told == 1 || told == 2));
}

TEST_CASE_METHOD(Setup,
                 "fault 04: while every reply breaks off nothing is stored and SIGTERM works",
                 "[network]") {
  queue(events, {"--fault", "reset-within:1000000"});
  configure();
  start();
  await_logged("could not pull");
  stop();
  end_simulator();
  CHECK(number("SELECT count(*) FROM events") == 0);
  CHECK(total("confirmed") == 0);
}

TEST_CASE_METHOD(Setup, "fault 07: a body of 100 MB, plain or packed, is cut at the limit",
                 "[network]") {
  const auto spoilt = GENERATE(Spoilt{"huge", "too_large", "exceeds 8388608 bytes"},
                               Spoilt{"bomb", "too_large", "exceeds 8388608 bytes"});
  CAPTURE(spoilt.kind);
  queue(events, {"--fault", std::string(spoilt.kind) + ":3"});
  configure();
  start({"VODEVENTD_API_REPLY_BYTES_MAX=8388608"});
  await_confirmed(events);
  CHECK(peak_kb() > 0);
#ifndef __SANITIZE_ADDRESS__  // which keeps what was freed
  CHECK(peak_kb() < 80'000);
#endif
  stop();
  end_simulator();
  check_ledger(events);
  check_told(spoilt);
}

TEST_CASE_METHOD(Setup, "fault 08: a reply that is nested 100,000 deep is a failure like any other",
                 "[network]") {
  ride_out_pulls({"nested", "not-an-answer", "Error"}, 3);
}

TEST_CASE_METHOD(Setup, "fault 13: a captive portal's page is no answer of the API", "[network]") {
  ride_out_pulls({"html", "not-an-answer", "JSON"}, 4);
  CHECK(number("SELECT count(*) FROM quarantine") == 0);
}

TEST_CASE_METHOD(Setup, "fault 14: no redirect is followed, so no one else sees a signed request",
                 "[network]") {
  const char* status = GENERATE("301", "302", "307", "308");
  CAPTURE(status);
  support::LoopbackServer elsewhere([](const std::string&) { return support::Reply{}; });
  const std::string code = std::string("http-") + status;
  ride_out_pulls({status, code.c_str(), status}, 3,
                 {"--fault-header", "Location: " + elsewhere.url()});
  CHECK(elsewhere.connections() == 0);
}

TEST_CASE_METHOD(Setup, "fault 15: a status of 5xx is ridden out, whatever Retry-After is made of",
                 "[network]") {
  using Case = std::pair<const char*, const char*>;
  const auto [status, after] = GENERATE(Case{"500", ""}, Case{"502", ""}, Case{"503", ""},
                                        Case{"503", "0"}, Case{"503", "soon"}, Case{"503", "-5"},
                                        Case{"503", "Thu, 01 Jan 1970 00:00:00 GMT"});
  CAPTURE(status, after);
  const std::string code = std::string("http-") + status;
  Arguments header;
  if (*after != '\0') header = {"--fault-header", std::string("Retry-After: ") + after};
  ride_out_pulls({status, code.c_str(), status}, 3, header);
}

TEST_CASE_METHOD(Setup, "fault 15: Retry-After is kept", "[network]") {
  const char* status = GENERATE("429", "503");
  CAPTURE(status);
  queue(events, {"--fault", status, "--fault-header", "Retry-After: 2"});
  CHECK(run_until_confirmed(events) >= 2s);
}

TEST_CASE_METHOD(Setup, "fault 15: being throttled now and then is no news", "[network]") {
  ride_out("429:4@PullEvents", 4);
  CHECK(logged("could not pull") == 0);
}

TEST_CASE_METHOD(Setup, "fault 15: an absurd Retry-After stops nothing, SIGHUP tries at once",
                 "[network]") {
  const char* after = GENERATE("99999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT");
  CAPTURE(after);
  queue(events, {"--fault", "503", "--fault-header", std::string("Retry-After: ") + after});
  configure();
  start();
  await_logged("error_code=http-503");
  CHECK(total_now("requests") == 1);
  process->signal(SIGHUP);
  await_confirmed(events);
  stop();
  end_simulator();
  check_ledger(events);
}
