// The mark of callbacks whose application has a SignKey.
#include "receiver/sign.h"

#include "receiver/fixture.h"
#include "receiver/tell.h"

#include <string>

namespace {

using namespace receiver_fixture;
using receiver::judge;
using receiver::Mark;
using receiver::mark_in;
using receiver::Verdict;

const base::Secret key("5T1cVrK7mPqX");
constexpr const char* good_sign = "11ba1276f56284cb076573c60853d036";
constexpr const char* good_time = "1795219200";  // 2026-11-21T00:00:00Z
const base::Utc good_until{std::chrono::seconds(1'795'219'200)};

Verdict verdict(std::string_view sign, std::string_view time, base::Utc now = good_until) {
  return judge({sign, time}, key, now);
}

struct Signed : Fixture {
  Signed() : Fixture({.sign_key = key}) {}
};

}  // namespace

TEST_CASE("a mark made with the key is good until its time is over") {
  CHECK(verdict(good_sign, good_time) == Verdict::good);
  CHECK(verdict(good_sign, good_time, good_until - 10min) == Verdict::good);
  CHECK(verdict(good_sign, good_time, good_until + 1ms) == Verdict::expired);
  std::string upper(good_sign);
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  CHECK(verdict(upper, good_time) == Verdict::good);
}

TEST_CASE("a mark made otherwise is wrong, whatever its time, and half a mark is missing") {
  CHECK(verdict(good_sign, "1795219201") == Verdict::wrong);
  CHECK(verdict(std::string(32, '0'), good_time) == Verdict::wrong);
  CHECK(verdict(std::string(good_sign).substr(0, 31), good_time) == Verdict::wrong);
  CHECK(verdict(std::string(32, '0'), "1") == Verdict::wrong);
  CHECK(verdict(good_sign, "never") == Verdict::wrong);
  CHECK(verdict(good_sign, "99999999999999999999999") == Verdict::wrong);
  // The mark is right; as milliseconds the time would overflow.
  CHECK(verdict("4ca7bcbffcaa9229b0e2c12d93fc3942", "9223372036854775807") == Verdict::wrong);
  CHECK(verdict("", good_time) == Verdict::missing);
  CHECK(verdict(good_sign, "") == Verdict::missing);
  CHECK(to_string(Verdict::missing) == "missing");
}

TEST_CASE("the mark is taken from the top of the body, T as number or string") {
  const auto taken = [](std::string_view body) {
    const Mark mark = mark_in(body);
    return std::string(mark.sign) + '/' + std::string(mark.time);
  };
  CHECK(taken(R"({"Sign":"abc","T":123})") == "abc/123");
  CHECK(taken(R"( { "a":{"Sign":"x","T":1}, "T" : "123" , "Sign" : "abc" } )") == "abc/123");
  CHECK(taken(R"({"Sign":"abc","Sign":"def","T":1,"T":2})") == "abc/1");
  CHECK(taken(R"({"Sign":"abc"})") == "abc/");
  CHECK(taken(R"([{"Sign":"abc","T":1}])") == "/");
  CHECK(taken("") == "/");
  CHECK(taken("no json") == "/");
  CHECK(taken(R"({"Sign":"abc","T":123,"x":[)") == "abc/123");
}

TEST_CASE_METHOD(Signed, "a mark is taken from the body or from the query") {
  const std::string in_body = std::string(R"(,"Sign":")") + good_sign + R"(","T":)" + good_time;
  const std::string in_query = std::string("/?Sign=") + good_sign + "&T=" + good_time;
  CHECK_THAT(post(callback("a", in_body)), Contains("200 OK"));
  CHECK_THAT(post(callback("b"), {}, in_query), Contains("200 OK"));
  CHECK_THAT(post(callback("c", R"(,"Sign":"x","T":1)"), {}, in_query), Contains("200 OK"));
  CHECK_THAT(post(callback("d", in_body), {}, "/?Sign=x&T=1"), Contains("200 OK"));
  CHECK(rows() == 4);
}

TEST_CASE_METHOD(Signed, "without a good mark nothing is stored, and the log says what was wrong") {
  for (const char* more : {"", R"(,"Sign":"00","T":1795219200)"}) {
    CHECK_THAT(post(callback("a", more)), Contains("HTTP/1.1 403 ") && !Contains("missing"));
    clock.advance(1min);
    log.tick();
  }
  CHECK_THAT(post(callback("a"), {}, std::string("/?Sign=") + good_sign + "&T=" + good_time),
             Contains("HTTP/1.1 403 "));
  CHECK_THAT(post("rubbish"), Contains("HTTP/1.1 403 "));
  log.settle();
  CHECK(rows() + rows("quarantine") == 0);
  CHECK(refused(Refusal::signature) == 4);
  CHECK(logged("error_code=missing origin=127.0.0.1") >= 1);
  CHECK(logged("error_code=wrong") >= 1);
  CHECK(logged(std::string(key.reveal())) == 0);
}

TEST_CASE_METHOD(Signed, "a key that is another now is the one that counts") {
  const std::string target = std::string("/?Sign=") + good_sign + "&T=" + good_time;
  receiver->use({.sign_key = base::Secret("another")});
  CHECK_THAT(post(callback("a"), {}, target), Contains("403"));
  receiver->use({.sign_key = key});
  CHECK_THAT(post(callback("a"), {}, target), Contains("200 OK"));
  receiver->use({});
  CHECK_THAT(post(callback("b")), Contains("200 OK"));
}
