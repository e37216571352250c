#include "vodsim/verify.h"

#include "vodsim/test/signed_request.h"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using vodsim::Request;

namespace {

constexpr std::chrono::sys_seconds signed_at{1755800010s};

tc3::Credential credential(const std::string& token = "") {
  return {"AKIDSAMPLE", base::Secret("SAMPLEKEY"), base::Secret(token)};
}

Request as_received(const tc3::Request& out, const tc3::Credential& by,
                    std::chrono::sys_seconds time = signed_at) {
  return vodsim::as_received(out, by, time);
}

tc3::Request pull_request() {
  tc3::Request request;
  request.host = "127.0.0.1:8080";
  request.action = "PullEvents";
  request.body = "{}";
  return request;
}

void set(Request& request, const std::string& name, const std::string& value) {
  for (auto& [key, old] : request.headers)
    if (key == name) old = value;
}

void erase(Request& request, const std::string& name) {
  std::erase_if(request.headers, [&](const auto& header) { return header.first == name; });
}

std::string code(const Request& request, const tc3::Credential& known = credential(),
                 std::chrono::sys_seconds now = signed_at) {
  const auto error = vodsim::verify(request, known, now);
  return error ? error->code : "";
}

}  // namespace

// Computed with the vendor's node client, for a temporary key.
TEST_CASE("a request signed by the vendor's client holds") {
  const tc3::Credential known{
      "AKIDtemporaryEXAMPLEsecretId0123456789abcdef",
      base::Secret("temporaryEXAMPLEsecretKey0123456789+/="),
      base::Secret("EXAMPLEtokenEXAMPLEtoken-_0123456789abcdefghijklmnopqrstuvwxyz==")};
  Request request;
  request.method = "POST";
  request.path = "/";
  request.body = "{}";
  request.headers = {
      {"Host", "vod.tencentcloudapi.com"},
      {"Content-Type", "application/json"},
      {"X-TC-Action", "PullEvents"},
      {"X-TC-Version", "2018-07-17"},
      {"X-TC-Timestamp", "1755800010"},
      {"X-TC-Token", "EXAMPLEtokenEXAMPLEtoken-_0123456789abcdefghijklmnopqrstuvwxyz=="},
      {"Authorization",
       "TC3-HMAC-SHA256 Credential=AKIDtemporaryEXAMPLEsecretId0123456789abcdef/2025-08-21/vod/"
       "tc3_request, SignedHeaders=content-type;host, Signature="
       "b5dad70160c3369efc6ead6d391e30c0a767a6c4d4d3c6eee3d21131a20f7336"}};
  CHECK(code(request, known) == "");
  request.body = "{ }";
  CHECK(code(request, known) == "AuthFailure.SignatureFailure");
}

TEST_CASE("the host may be signed with its port or without") {
  tc3::Request request = pull_request();
  CHECK(code(as_received(request, credential())) == "");
  request.host = "127.0.0.1";
  Request received = as_received(request, credential());
  set(received, "Host", "127.0.0.1:8080");
  CHECK(code(received) == "");
  set(received, "Host", "127.0.0.2:8080");
  CHECK(code(received) == "AuthFailure.SignatureFailure");
}

TEST_CASE("a signed action, an unsigned body and a GET hold") {
  tc3::Request request = pull_request();
  request.sign_action = true;
  CHECK(code(as_received(request, credential())) == "");

  request.sign_action = false;
  request.unsigned_payload = true;
  Request received = as_received(request, credential());
  if (!received.header("X-TC-Content-SHA256"))
    received.headers.emplace_back("X-TC-Content-SHA256", "UNSIGNED-PAYLOAD");
  received.body = "{\"SubAppId\":1}";
  CHECK(code(received) == "");

  tc3::Request get = pull_request();
  get.method = "GET";
  get.content_type = "application/x-www-form-urlencoded";
  get.query = "SubAppId=1500000001";
  get.body = "";
  received = as_received(get, credential());
  CHECK(code(received) == "");
  received.query = "SubAppId=1500000002";
  CHECK(code(received) == "AuthFailure.SignatureFailure");
}

TEST_CASE("whatever is altered on the way breaks the signature") {
  const Request good = as_received(pull_request(), credential());
  REQUIRE(code(good) == "");
  Request altered = good;
  altered.body = "{\"SubAppId\":1}";
  CHECK(code(altered) == "AuthFailure.SignatureFailure");
  altered = good;
  set(altered, "Content-Type", "application/json; charset=utf-8");
  CHECK(code(altered) == "AuthFailure.SignatureFailure");
  altered = good;
  set(altered, "X-TC-Timestamp", "1755800011");
  CHECK(code(altered) == "AuthFailure.SignatureFailure");
}

TEST_CASE("a key, an id, a service and a date that are not ours are told apart") {
  const tc3::Credential other_key{"AKIDSAMPLE", base::Secret("OTHER"), base::Secret()};
  CHECK(code(as_received(pull_request(), other_key)) == "AuthFailure.SignatureFailure");
  const tc3::Credential other_id{"AKIDOTHER", base::Secret("SAMPLEKEY"), base::Secret()};
  CHECK(code(as_received(pull_request(), other_id)) == "AuthFailure.SecretIdNotFound");
  tc3::Request request = pull_request();
  request.service = "127";
  CHECK(code(as_received(request, credential())) == "AuthFailure.SignatureFailure");
  Request yesterday = as_received(pull_request(), credential(), signed_at - 24h);
  set(yesterday, "X-TC-Timestamp", "1755800010");
  CHECK(code(yesterday) == "AuthFailure.SignatureFailure");
}

TEST_CASE("a clock may differ by five minutes and not by a second more") {
  const Request request = as_received(pull_request(), credential());
  CHECK(code(request, credential(), signed_at + 300s) == "");
  CHECK(code(request, credential(), signed_at - 300s) == "");
  CHECK(code(request, credential(), signed_at + 301s) == "AuthFailure.SignatureExpire");
  CHECK(code(request, credential(), signed_at - 301s) == "AuthFailure.SignatureExpire");
}

TEST_CASE("a temporary key needs its token, a long-term key must not have one") {
  const Request with = as_received(pull_request(), credential("TOKEN"));
  const Request without = as_received(pull_request(), credential());
  CHECK(code(with, credential("TOKEN")) == "");
  CHECK(code(without, credential("TOKEN")) == "AuthFailure.TokenFailure");
  CHECK(code(with, credential("OTHER")) == "AuthFailure.TokenFailure");
  CHECK(code(with, credential()) == "AuthFailure.TokenFailure");
}

TEST_CASE("a request without its headers is told what is missing") {
  for (const char* name : {"X-TC-Action", "X-TC-Version", "X-TC-Timestamp"}) {
    Request request = as_received(pull_request(), credential());
    erase(request, name);
    CHECK(code(request) == "MissingParameter");
  }
  Request request = as_received(pull_request(), credential());
  set(request, "X-TC-Timestamp", "soon");
  CHECK(code(request) == "InvalidParameter");
  erase(request, "Authorization");
  CHECK(code(request) == "AuthFailure.InvalidAuthorization");
}

TEST_CASE("an Authorization of another form is not parsed") {
  const std::string good =
      "TC3-HMAC-SHA256 Credential=ID/2025-08-21/vod/tc3_request, "
      "SignedHeaders=content-type;host, Signature=" +
      std::string(64, 'a');
  const auto parsed = vodsim::parse_authorization(good);
  REQUIRE(parsed);
  CHECK(parsed->secret_id == "ID");
  CHECK(parsed->date == "2025-08-21");
  CHECK(parsed->service == "vod");
  CHECK(parsed->signed_headers == "content-type;host");
  CHECK(parsed->signature == std::string(64, 'a'));
  for (std::size_t length = 0; length < good.size(); ++length)
    CHECK_FALSE(vodsim::parse_authorization(good.substr(0, length)));
  CHECK_FALSE(vodsim::parse_authorization("SKIP"));
  CHECK_FALSE(vodsim::parse_authorization(good + "a"));
}
