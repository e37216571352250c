#include "vod/reply.h"

#include "vod/errors.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <set>
#include <string>

namespace {

using vod::Action;
using vod::ErrorClass;

http::Response ok(std::string body) {
  http::Response response;
  response.status = 200;
  response.body = std::move(body);
  return response;
}

vod::Reply pull(std::string body) { return read_reply(Action::pull_events, ok(std::move(body))); }

std::string sample(const std::string& name) {
  std::ifstream file(std::string(FIXTURES) + "/samples/responses/" + name);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("an empty queue has four forms and none is a failure") {
  const auto* name = GENERATE("pull-no-event.json", "pull-empty-null.json",
                              "pull-empty-missing.json", "pull-empty-array.json");
  const vod::Reply reply = pull(sample(name));
  CHECK_FALSE(reply.failure);
  CHECK(reply.events.empty());
  CHECK(reply.request_id.size() == 36);
}

TEST_CASE("events are the exact bytes of the elements, odd ones too") {
  const vod::Reply reply = pull(
      "{\"Response\":{\"RequestId\":\"r\", \"EventSet\":[ {\"a\" : \"]}\\\"\"} ,7,\n null, "
      "{\"x\":\xff NaN}]}}");
  REQUIRE_FALSE(reply.failure);
  CHECK(reply.request_id == "r");
  REQUIRE(reply.events.size() == 4);
  CHECK(reply.events[0] == "{\"a\" : \"]}\\\"\"}");
  CHECK(reply.events[1] == "7");
  CHECK(reply.events[2] == "null");
  CHECK(reply.events[3] == "{\"x\":\xff NaN}");
}

TEST_CASE("a moved reply keeps its events") {
  vod::Reply one = pull(R"({"Response":{"EventSet":[1]}})");
  vod::Reply two = std::move(one);
  CHECK(two.events.at(0) == "1");
}

TEST_CASE("an error wins over events beside it") {
  const vod::Reply reply = pull(
      R"({"Response":{"EventSet":[{}],"Error":{"Code":"InternalError","Message":"m"},"RequestId":"r"}})");
  REQUIRE(reply.failure);
  CHECK(reply.failure->error_class == ErrorClass::transient);
  CHECK(reply.failure->message == "m");
  CHECK(reply.failure->request_id == "r");
  CHECK(reply.events.empty());
}

TEST_CASE("each sample of an error has its class") {
  const auto [name, expected] = GENERATE(table<std::string, ErrorClass>(
      {{"error-auth-unauthorized-operation.json", ErrorClass::permission},
       {"error-failed-operation.json", ErrorClass::transient},
       {"error-internal.json", ErrorClass::transient},
       {"error-invalid-sub-app-id.json", ErrorClass::configuration},
       {"error-invalid-vod-user.json", ErrorClass::configuration},
       {"error-request-limit-uin.json", ErrorClass::throttled},
       {"error-request-limit.json", ErrorClass::throttled},
       {"error-secret-id-not-found.json", ErrorClass::credential},
       {"error-service-unavailable.json", ErrorClass::transient},
       {"error-signature-expire.json", ErrorClass::clock_skew},
       {"error-signature-failure.json", ErrorClass::credential},
       {"error-token-failure.json", ErrorClass::credential},
       {"error-unauthorized-operation.json", ErrorClass::permission},
       {"error-unknown-code.json", ErrorClass::transient}}));
  const vod::Reply reply = pull(sample(name));
  REQUIRE(reply.failure);
  CAPTURE(name);
  CHECK(reply.failure->error_class == expected);
  // Trouble of the service may have come after the request took effect; a refusal did not.
  CHECK(reply.failure->outcome_unknown == (expected == ErrorClass::transient));
}

TEST_CASE("a parameter error refuses the handle on confirm and is configuration elsewhere") {
  CHECK(read_reply(Action::confirm_events, ok(sample("confirm-handle-rejected.json")))
            .failure->error_class == ErrorClass::handle_refused);
  CHECK(read_reply(Action::confirm_events, ok(sample("old-gateway-error.json")))
            .failure->error_class == ErrorClass::handle_refused);
  CHECK(pull(sample("confirm-handle-rejected.json")).failure->error_class ==
        ErrorClass::configuration);
  CHECK_FALSE(read_reply(Action::confirm_events, ok(sample("confirm-ok.json"))).failure);
}

TEST_CASE("what is no answer of the API is a transient failure with an unknown outcome") {
  const auto* body = GENERATE("", "<html>login</html>", "[]", "{}", "null",
                              R"({"Response":{"EventSet":[{"EventHan)", R"({"Response":7})",
                              R"({"Response":{"EventSet":{}}})", R"({"Response":{"EventSet":"x"}})",
                              R"({"Response":{"Error":{}}})", R"({"Response":{}} trailing)");
  const vod::Reply reply = pull(body);
  REQUIRE(reply.failure);
  CAPTURE(body);
  CHECK(reply.failure->error_class == ErrorClass::transient);
  CHECK(reply.failure->outcome_unknown);
}

TEST_CASE("a code of no characters is no code") {
  const auto* body = GENERATE(R"({"code": ""})", R"({"Response":{"Error":{"Code":""}}})");
  const vod::Reply reply = pull(body);
  REQUIRE(reply.failure);
  CHECK(reply.failure->code == "not-an-answer");
}

TEST_CASE("complete JSON that is no answer to a pull is to be kept, and says why") {
  const auto [body, why] = GENERATE(table<std::string, std::string>(
      {{R"({"EventSet":[{}],"RequestId":"r"})", "the body has no Response"},
       {R"([{"EventHandle":"1"}])", "the body has no Response"},
       {R"({"Response":7})", "Response is not an object"},
       {R"({"Response":{"EventSet":{"0":{}}}})", "EventSet is not a list"},
       {R"({"Response":{"EventSet":[{}],"Error":{"Code":"InternalError"}}})",
        "an Error came beside an EventSet"},
       {R"({"Response":{"EventSet":{},"Error":{}}})", "an Error came beside an EventSet"}}));
  CAPTURE(body);
  const vod::Reply reply = pull(body);
  CHECK(reply.failure);
  CHECK(reply.odd == why);
  CHECK(*reply.body == body);
  CHECK(read_reply(Action::confirm_events, ok(body)).odd.empty());
}

TEST_CASE("a reply that cannot have held an event need not be kept") {
  const auto* body = GENERATE(
      "", "<html>login</html>", "{sign in}", "null", R"({"Response":{"EventSet":[{"EventHan)",
      R"({"Response":{"Error":{}}})", R"({"Response":{"EventSet":[ ],"Error":{"Code":"X"}}})",
      R"({"Response":{"EventSet":null,"Error":{"Code":"X"}}})", R"({"code":4000,"message":"no"})",
      R"({"Response":{"EventSet":[{}]}})", R"({"Response":{}})");
  CAPTURE(body);
  CHECK(pull(body).odd.empty());
}

TEST_CASE("a page in place of an answer is told as what it says it is") {
  http::Response page = ok("<html>Sign in</html>");
  page.content_type = "text/html; charset=utf-8";
  const vod::Reply reply = read_reply(Action::pull_events, std::move(page));
  REQUIRE(reply.failure);
  CHECK(reply.failure->message ==
        "the body is not complete JSON, but said to be text/html; charset=utf-8");
  CHECK_THAT(std::string(advice_on(*reply.failure)), Catch::Contains("portal"));
}

TEST_CASE("trouble on the way has its own advice, all else that of its class") {
  vod::Failure failure;
  for (const vod::TroubleRow& row : vod::troubles()) {
    failure.code = row.code;
    CHECK(advice_on(failure) == row.advice);
    CHECK(classify(row.code, Action::pull_events) == ErrorClass::transient);
  }
  failure.code = "InternalError";
  CHECK(advice_on(failure) == vod::row_of(ErrorClass::transient).advice);
  for (const http::Fault fault : {http::Fault::resolve, http::Fault::connect, http::Fault::tls}) {
    http::Response response;
    response.fault = fault;
    const auto told = read_reply(Action::pull_events, std::move(response)).failure;
    CHECK(advice_on(*told) != vod::row_of(ErrorClass::transient).advice);
  }
}

TEST_CASE("HTTP statuses and faults of the network are classed") {
  http::Response response;
  response.status = 429;
  response.retry_after = std::chrono::seconds(7);
  auto failure = read_reply(Action::pull_events, std::move(response)).failure;
  CHECK(failure->error_class == ErrorClass::throttled);
  CHECK(failure->retry_after == std::chrono::seconds(7));

  response = {};
  response.status = 502;
  failure = read_reply(Action::confirm_events, std::move(response)).failure;
  CHECK(failure->error_class == ErrorClass::transient);
  CHECK(failure->outcome_unknown);

  response = {};
  response.fault = http::Fault::connect;
  failure = read_reply(Action::confirm_events, std::move(response)).failure;
  CHECK_FALSE(failure->outcome_unknown);
  response = {};
  response.fault = http::Fault::timeout;
  failure = read_reply(Action::confirm_events, std::move(response)).failure;
  CHECK(failure->outcome_unknown);
}

TEST_CASE("the code table names each code once for an action and classifies as it says") {
  std::set<std::string> seen;
  for (const vod::CodeRow& row : vod::error_codes()) {
    const Action action = row.only.value_or(Action::describe_event_config);
    CAPTURE(row.code);
    CHECK(seen.insert(std::string(row.code) + '/' +
                      (row.only ? std::string(to_string(*row.only)) : "any"))
              .second);
    CHECK(classify(row.code, action) == row.error_class);
  }
  for (const vod::ClassRow& row : vod::error_classes()) {
    CHECK(&vod::row_of(row.error_class) == &row);
    CHECK_FALSE(row.advice.empty());
  }
}

TEST_CASE("a code that is not in the table takes the class of its first part") {
  CHECK(classify("AuthFailure.New", Action::pull_events) == ErrorClass::credential);
  CHECK(classify("InvalidParameterValue.New", Action::confirm_events) ==
        ErrorClass::handle_refused);
  CHECK(classify("RequestLimitExceeded.New", Action::pull_events) == ErrorClass::throttled);
  CHECK(classify("Whatever", Action::pull_events) == ErrorClass::transient);
  // Only the exact code says that the queue is empty.
  CHECK(classify("ResourceNotFound.New", Action::pull_events) == ErrorClass::configuration);
}

TEST_CASE("what is refused after it was sent twice may have taken effect the first time") {
  http::Response response = ok(sample("confirm-handle-rejected.json"));
  CHECK_FALSE(read_reply(Action::confirm_events, response).failure->outcome_unknown);
  response.repeated = true;
  CHECK(read_reply(Action::confirm_events, response).failure->outcome_unknown);
}

TEST_CASE("a message that quotes signature or token back is told without them") {
  const std::string signature(64, 'a'), token(200, 't');
  const std::string body =
      R"({"Response":{"Error":{"Code":"AuthFailure.TokenFailure","Message":")" + signature +
      " does not fit " + token + R"( here"},"RequestId":")" + std::string(5000, 'r') + R"("}})";
  const vod::Reply reply = pull(body);
  REQUIRE(reply.failure);
  CHECK(reply.failure->message == "[...] does not fit [...] here");
  CHECK(reply.failure->request_id.size() == 128);
}
