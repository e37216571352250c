#include "vodsim/api.h"

#include "vodsim/test/signed_request.h"

#include <rapidjson/document.h>

#include <catch2/catch.hpp>

using namespace std::literals;
using base::Instant;
using vodsim::Outcome;
using vodsim::Reply;

namespace {

constexpr Instant start{1000s};
constexpr base::Utc utc{1755800010s};

// The parts that main() wires, without a server.
struct Service {
  vodsim::Options options;
  vodsim::Queue queue;
  vodsim::Api api;

  explicit Service(vodsim::Options given = {}, int events = 0)
      : options(std::move(given)), queue(options.rules), api(options, queue) {
    for (int i = 0; i < events; ++i)
      queue.add({"test", "ConcatComplete", "{\"EventHandle\":\"", "\"}", {}}, start);
  }

  Outcome call(const std::string& action, const std::string& body = "{}", Instant now = start) {
    tc3::Request request;
    request.host = "127.0.0.1:1";
    request.action = action;
    request.body = body;
    return send(request, now);
  }

  Outcome send(const tc3::Request& request, Instant now = start) {
    const auto time = std::chrono::floor<std::chrono::seconds>(utc);
    return api.handle(vodsim::as_received(request, vodsim::credential_of(options), time), now, utc);
  }
};

rapidjson::Document response(const Outcome& outcome) {
  const Reply* reply = std::get_if<Reply>(&outcome);
  REQUIRE(reply);
  CHECK(reply->status == 200);
  rapidjson::Document document;
  document.Parse(reply->body.c_str());
  REQUIRE(document.IsObject());
  rapidjson::Document inner;
  inner.CopyFrom(document["Response"], inner.GetAllocator());
  CHECK(std::string(inner["RequestId"].GetString()).size() == 36);
  return inner;
}

std::string code(const Outcome& outcome) {
  const auto document = response(outcome);
  return document.HasMember("Error") ? document["Error"]["Code"].GetString() : "";
}

std::string handles_body(const rapidjson::Document& pulled) {
  std::string body;
  for (const auto& event : pulled["EventSet"].GetArray())
    body += std::string(body.empty() ? "" : ",") + '"' + event["EventHandle"].GetString() + '"';
  return "{\"EventHandles\":[" + body + "]}";
}

vodsim::Options without_hold() {
  vodsim::Options options;
  options.hold = options.hold.zero();
  return options;
}

}  // namespace

TEST_CASE("sixteen events come in a pull, and are confirmed by their handles") {
  Service service({}, 20);
  const auto first = response(service.call("PullEvents"));
  CHECK(first["EventSet"].Size() == 16);
  CHECK(code(service.call("ConfirmEvents", handles_body(first))) == "");
  const auto second = response(service.call("PullEvents"));
  CHECK(second["EventSet"].Size() == 4);
  CHECK(code(service.call("ConfirmEvents", handles_body(second))) == "");
  CHECK(service.queue.drained());
  CHECK(service.api.traffic().requests == 4);
}

TEST_CASE("an empty pull is held, then answered with ResourceNotFound") {
  Service service;
  const Outcome outcome = service.call("PullEvents");
  const auto* hold = std::get_if<vodsim::Hold>(&outcome);
  REQUIRE(hold);
  CHECK(hold->until == start + 5s);
  CHECK_FALSE(service.api.resume(*hold, start + 5s - 1ns));
  const auto reply = service.api.resume(*hold, start + 5s);
  REQUIRE(reply);
  CHECK(code(*reply) == "ResourceNotFound");
}

TEST_CASE("a held pull is answered as soon as an event waits") {
  Service service;
  service.queue.add({"late", "", "{\"EventHandle\":\"", "\"}", {}}, start + 2s);
  const Outcome outcome = service.call("PullEvents");
  const auto* hold = std::get_if<vodsim::Hold>(&outcome);
  REQUIRE(hold);
  CHECK(service.api.next_change(start) == start + 2s);
  CHECK_FALSE(service.api.resume(*hold, start + 1s));
  const auto reply = service.api.resume(*hold, start + 2s);
  REQUIRE(reply);
  CHECK(response(*reply)["EventSet"].Size() == 1);
}

TEST_CASE("an empty pull takes each of the four forms") {
  vodsim::Options options = without_hold();
  options.empty = vodsim::EmptyForm::null;
  CHECK(response(Service(options).call("PullEvents"))["EventSet"].IsNull());
  options.empty = vodsim::EmptyForm::array;
  CHECK(response(Service(options).call("PullEvents"))["EventSet"].Empty());
  options.empty = vodsim::EmptyForm::missing;
  const auto missing = response(Service(options).call("PullEvents"));
  CHECK(missing.MemberCount() == 1);
  options.empty = vodsim::EmptyForm::error;
  const auto error = response(Service(options).call("PullEvents"));
  CHECK(error["Error"]["Message"].GetString() == "no event"s);
}

TEST_CASE("what ConfirmEvents must have is asked for") {
  Service service({}, 1);
  const auto confirm = [&](const std::string& body) {
    return code(service.call("ConfirmEvents", body));
  };
  CHECK(confirm("{}") == "MissingParameter");
  CHECK(confirm("{\"EventHandles\":null}") == "MissingParameter");
  CHECK(confirm("{\"EventHandles\":[]}") == "InvalidParameterValue");
  CHECK(confirm("{\"EventHandles\":[\"1\"]}") == "InvalidParameterValue");
  CHECK(confirm("{\"EventHandles\":\"1\"}") == "InvalidParameter");
  CHECK(confirm("{\"EventHandles\":[1]}") == "InvalidParameter");
  std::string seventeen = "\"1\"";
  for (int i = 1; i < 17; ++i) seventeen += ",\"1\"";
  CHECK(confirm("{\"EventHandles\":[" + seventeen + "]}") == "InvalidParameterValue");
}

TEST_CASE("a call that is none is refused with the API's code") {
  Service service;
  CHECK(code(service.call("PullEvent")) == "InvalidAction");
  CHECK(code(service.call("PullEvents", "{")) == "InvalidRequest");
  CHECK(code(service.call("PullEvents", "[]")) == "InvalidRequest");
  CHECK(code(service.call("PullEvents", "{\"Count\":16}")) == "UnknownParameter");
  CHECK(code(service.call("PullEvents", "{\"EventHandles\":[\"1\"]}")) == "UnknownParameter");
  CHECK(code(service.call("DescribeEventsState", "{\"ExtInfo\":\"\"}")) == "UnknownParameter");
  CHECK(code(service.call("PullEvents", "{\"SubAppId\":\"1\"}")) == "InvalidParameter");
  tc3::Request request;
  request.host = "vod";
  request.action = "PullEvents";
  request.version = "2024-01-01";
  CHECK(code(service.send(request)) == "NoSuchVersion");
  request.method = "PUT";
  CHECK(code(service.send(request)) == "UnsupportedProtocol");
}

TEST_CASE("a SubAppId that is given must be the right one") {
  vodsim::Options options = without_hold();
  CHECK(code(Service(options).call("PullEvents", "{\"SubAppId\":7}")) == "ResourceNotFound");
  options.sub_app_id = 1500000001;
  Service service(options);
  CHECK(code(service.call("PullEvents")) == "ResourceNotFound");
  CHECK(code(service.call("PullEvents", "{\"SubAppId\":1500000001}")) == "ResourceNotFound");
  CHECK(code(service.call("PullEvents", "{\"SubAppId\":7}")) == "InvalidParameterValue.SubAppId");
}

TEST_CASE("parameters also come in a query") {
  Service service({}, 1);
  const auto pulled = response(service.call("PullEvents"));
  const std::string handle = pulled["EventSet"][0]["EventHandle"].GetString();
  const std::string query = "EventHandles.0=%3" + handle.substr(0, 1) + handle.substr(1);
  tc3::Request request;
  request.method = "GET";
  request.host = "vod";
  request.action = "ConfirmEvents";
  request.content_type = "application/x-www-form-urlencoded";
  request.query = query;
  CHECK(code(service.send(request)) == "");
  CHECK(service.queue.drained());
  request.query = "SubAppId=x&EventHandles.0=1";
  CHECK(code(service.send(request)) == "InvalidParameter");
}

TEST_CASE("each action has its own rate") {
  vodsim::Options options = without_hold();
  options.rate_per_s = 2;
  Service service(options);
  CHECK(code(service.call("PullEvents")) == "ResourceNotFound");
  CHECK(code(service.call("PullEvents")) == "ResourceNotFound");
  CHECK(code(service.call("PullEvents")) == "RequestLimitExceeded");
  CHECK(code(service.call("DescribeEventsState")) == "");
  CHECK(code(service.call("PullEvents", "{}", start + 1s - 1ns)) == "RequestLimitExceeded");
  CHECK(code(service.call("PullEvents", "{}", start + 1s)) == "ResourceNotFound");
  CHECK(service.api.traffic().throttled == 2);
}

TEST_CASE("mode and state are told") {
  vodsim::Options options;
  options.mode = "PUSH";
  Service service(options, 3);
  CHECK(response(service.call("DescribeEventConfig"))["Mode"].GetString() == "PUSH"s);
  CHECK(response(service.call("DescribeEventsState"))["CountOfEventsToPull"].GetUint64() == 3);
}

TEST_CASE("a lost confirm ends the connection") {
  vodsim::Options options;
  options.rules.loss_percent = 100;
  options.rules.loss = vodsim::Loss::reply;
  Service service(options, 1);
  const auto pulled = response(service.call("PullEvents"));
  const Outcome outcome = service.call("ConfirmEvents", handles_body(pulled));
  CHECK(std::holds_alternative<vodsim::HangUp>(outcome));
  CHECK(service.queue.drained());
  CHECK(service.api.traffic().hang_ups == 1);
}

TEST_CASE("the first use of the next key ends the older one") {
  vodsim::Options options;
  options.next_secret_key = "NEXTKEY";
  Service service(options, 1);
  CHECK(code(service.call("PullEvents")).empty());
  Service newer(options, 1);
  newer.options.secret_key = "NEXTKEY";  // what call() signs with
  CHECK(code(newer.call("PullEvents")).empty());
  newer.options.secret_key = "SAMPLEKEYOFVODSIM";
  CHECK(code(newer.call("PullEvents")) == "AuthFailure.SignatureFailure");
}

TEST_CASE("a request that is not signed counts as one, and changes nothing") {
  Service service({}, 1);
  service.options.secret_key = "ANOTHER";
  CHECK(code(service.call("PullEvents")) == "AuthFailure.SignatureFailure");
  CHECK(service.api.traffic().auth_failures == 1);
  CHECK(service.queue.counts(start).waiting == 1);
}

TEST_CASE("the ledger tells every event and every handle it ever had") {
  vodsim::Options options;
  options.exit_when_drained = true;
  Service service(options, 1);
  response(service.call("PullEvents"));
  CHECK_FALSE(service.api.finished());
  const auto again = response(service.call("PullEvents", "{}", start + 30s));
  CHECK(code(service.call("ConfirmEvents", handles_body(again), start + 30s)) == "");
  CHECK(service.api.finished());
  vodsim::Request request;
  request.method = "GET";
  request.path = "/ledger";
  rapidjson::Document ledger;
  ledger.Parse(std::get<Reply>(service.api.handle(request, start + 30s, utc)).body.c_str());
  REQUIRE(ledger.IsObject());
  CHECK(ledger["totals"]["events"].GetUint64() == 1);
  CHECK(ledger["totals"]["confirmed"].GetUint64() == 1);
  CHECK(ledger["totals"]["delivered"].GetUint64() == 2);
  CHECK(ledger["totals"]["redelivered"].GetUint64() == 1);
  CHECK(ledger["totals"]["requests"].GetUint64() == 3);
  const auto& event = ledger["events"][0];
  CHECK(event["name"].GetString() == "test"s);
  CHECK(event["event_type"].GetString() == "ConcatComplete"s);
  CHECK(event["pulls"].GetUint64() == 2);
  CHECK(event["confirmed"].GetBool());
  REQUIRE(event["handles"].Size() == 2);
  CHECK(event["handles"][1].GetString() ==
        std::string(again["EventSet"][0]["EventHandle"].GetString()));
  request.query = "totals=1";
  ledger.Parse(std::get<Reply>(service.api.handle(request, start, utc)).body.c_str());
  CHECK(ledger.MemberCount() == 1);
}
