#include "vodsim/failure.h"

#include "vodsim/test/running.h"

using namespace std::chrono_literals;
using Catch::Contains;
using vodsim::call;
using vodsim::Failure;
using vodsim::HttpClient;
using vodsim::HttpReply;
using vodsim::Running;

namespace {

std::string pulled(Running& running) {
  HttpClient client(running.url);
  const HttpReply reply = call(client, "PullEvents");
  CHECK(reply.status == 200);
  return reply.body;
}

}  // namespace

TEST_CASE("a failure is a code or a word, with a count, an action and a message") {
  const auto whole = vodsim::parse_failure("InternalError.Db:3@PullEvents=a: b@c=d");
  REQUIRE(whole);
  CHECK(whole->what == "InternalError.Db");
  CHECK(whole->count == 3);
  CHECK(whole->action == "PullEvents");
  CHECK(whole->message == "a: b@c=d");
  CHECK(whole->is_code());
  const auto bare = vodsim::parse_failure("4000");
  REQUIRE(bare);
  CHECK(bare->count == 1);
  CHECK(bare->action.empty());
  CHECK(bare->is_code());
  REQUIRE(vodsim::parse_failure("error-beside@PullEvents"));
  CHECK_FALSE(vodsim::parse_failure("error-beside")->is_code());
  const auto* wrong = GENERATE("", "internal", "X:0", "X:", "X:two", "X@", ":2", "X:2x", "=m");
  CAPTURE(wrong);
  CHECK_FALSE(vodsim::parse_failure(wrong));
}

TEST_CASE("failures come in their order, each to its action, and then no more") {
  vodsim::Failures failures({{"A", 2, "PullEvents", ""}, {"none", 1, "", ""}, {"B", 1, "", ""}});
  CHECK(failures.next("PullEvents")->what == "A");
  CHECK_FALSE(failures.next("ConfirmEvents"));
  CHECK(failures.next("PullEvents")->what == "A");
  CHECK(failures.next("PullEvents")->what == "B");
  CHECK_FALSE(failures.next("PullEvents"));
}

TEST_CASE("a call that fails has no effect, and the next one does") {
  Running running({"--generate", "1", "--fail", "InternalError@PullEvents=so it is"});
  CHECK_THAT(pulled(running), Contains("\"InternalError\"") && Contains("\"so it is\""));
  CHECK_THAT(pulled(running), Contains("\"EventSet\":[{"));
  HttpClient client(running.url);
  CHECK_THAT(client.get("/ledger?totals=1").body, Contains("\"failures\":1"));
}

TEST_CASE("a reply with an Error beside its events, or without its Response, has leased them") {
  const std::string what = GENERATE("error-beside", "no-response");
  Running running({"--generate", "1", "--hold-s", "0", "--fail", what + "@PullEvents"});
  const std::string body = pulled(running);
  CHECK_THAT(body, Contains("\"EventSet\":[{") && Contains("\"RequestId\":\""));
  CHECK((body.find("{\"Response\":") == 0) == (what == "error-beside"));
  CHECK((body.find("\"Error\":{\"Code\":\"InternalError\"") != body.npos) ==
        (what == "error-beside"));
  CHECK(body.ends_with(what == "error-beside" ? "\"}}" : "\"}"));
  CHECK_THAT(pulled(running), Contains("ResourceNotFound"));
}

TEST_CASE("a service whose clock is wrong refuses our signature, and its Date tells the time") {
  Running right({"--generate", "1"});
  HttpClient client(right.url);
  CHECK_THAT(call(client, "PullEvents").head, Contains("\r\nDate: ") && Contains(" GMT\r\n"));
  Running wrong({"--generate", "1", "--clock-skew-s", "631138519"});
  HttpClient other(wrong.url);
  const HttpReply refused = call(other, "PullEvents");
  CHECK_THAT(refused.body, Contains("AuthFailure.SignatureExpire"));
  const std::chrono::year_month_day today(
      std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now() + 631138519s));
  CHECK_THAT(refused.head, Contains(' ' + std::to_string(int(today.year())) + ' '));
}

TEST_CASE("a reply holds as many events as it is told to") {
  Running running({"--generate", "40", "--events-per-pull", "40"});
  const std::string body = pulled(running);
  std::size_t events = 0;
  for (std::size_t at = 0; (at = body.find("{\"EventHandle\"", at)) != body.npos; ++at) ++events;
  CHECK(events == 40);
}
