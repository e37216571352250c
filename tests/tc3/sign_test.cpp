// The signing chain, step by step, against the vendor's published examples and against what its
// clients compute (fixtures/signing-vectors.json).
#include "tc3/sign.h"

#include "base/hex.h"

#include <rapidjson/document.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

rapidjson::Document read_vectors() {
  std::ifstream file(FIXTURES "/signing-vectors.json");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  rapidjson::Document document;
  document.Parse(text.data(), text.size());
  REQUIRE_FALSE(document.HasParseError());
  return document;
}

// A member of the vector as text; null and absent are empty.
std::string_view text(const rapidjson::Value& object, const char* name) {
  const auto found = object.FindMember(name);
  if (found == object.MemberEnd() || found->value.IsNull()) return {};
  return {found->value.GetString(), found->value.GetStringLength()};
}

struct Vector {
  explicit Vector(const rapidjson::Value& json) : expected(json) {
    const rapidjson::Value& input = json["input"];
    request.method = text(input, "method");
    request.host = text(input, "host");
    request.service = text(input, "service");
    request.action = text(input, "action");
    request.version = text(input, "version");
    request.region = text(input, "region");
    request.content_type = text(input, "content_type");
    request.query = text(input, "query");
    request.body = text(input, "body");
    request.unsigned_payload = input["unsigned_payload"].GetBool();
    request.sign_action = text(json, "signed_headers").ends_with(";x-tc-action");
    credential.secret_id = text(input, "secret_id");
    credential.secret_key = base::Secret(std::string(text(input, "secret_key")));
    credential.token = base::Secret(std::string(text(input, "token")));
    time = sys_seconds(seconds(input["timestamp"].GetInt64()));
  }

  [[nodiscard]] std::vector<std::string> request_headers() const {
    std::vector<std::string> headers;
    for (const auto& [name, value] : expected["request_headers"].GetObject()) {
      headers.push_back(std::string(name.GetString()) + ": " + value.GetString());
    }
    return headers;
  }

  const rapidjson::Value& expected;
  tc3::Request request;
  tc3::Credential credential;
  sys_seconds time;
};

void compare_steps(const Vector& vector) {
  const rapidjson::Value& expected = vector.expected;
  const tc3::Signature s = tc3::sign(vector.request, vector.credential, vector.time);
  CHECK(s.date == text(expected, "date"));
  CHECK(s.hashed_payload == text(expected, "hashed_payload"));
  CHECK(s.canonical_headers == text(expected, "canonical_headers"));
  CHECK(s.signed_headers == text(expected, "signed_headers"));
  CHECK(s.canonical_request == text(expected, "canonical_request"));
  CHECK(s.hashed_canonical_request == text(expected, "hashed_canonical_request"));
  CHECK(s.credential_scope == text(expected, "credential_scope"));
  CHECK(s.string_to_sign == text(expected, "string_to_sign"));
  CHECK(s.signature == text(expected, "signature"));
  CHECK(s.authorization == text(expected, "authorization"));
}

void compare_keys(const Vector& vector) {
  const tc3::SigningKeys keys(vector.credential.secret_key, text(vector.expected, "date"),
                              vector.request.service);
  CHECK(base::hex(keys.date.bytes) == text(vector.expected, "secret_date_hex"));
  CHECK(base::hex(keys.service.bytes) == text(vector.expected, "secret_service_hex"));
  CHECK(base::hex(keys.signing.bytes) == text(vector.expected, "secret_signing_hex"));
}

const tc3::Credential credential{"AKIDexample", base::Secret("key"), base::Secret()};
const sys_seconds time_of_example{seconds(1551113065)};

std::string signature_of(const tc3::Request& request) {
  return tc3::sign(request, credential, time_of_example).signature;
}

const tc3::Request pull{.host = "vod.tencentcloudapi.com", .action = "PullEvents", .body = "{}"};

}  // namespace

TEST_CASE("every step of every vector is computed as published") {
  const rapidjson::Document document = read_vectors();
  const auto vectors = document["vectors"].GetArray();
  REQUIRE(vectors.Size() == 33);
  REQUIRE(document["count"].GetUint() == vectors.Size());
  for (const rapidjson::Value& json : vectors) {
    CAPTURE(json["name"].GetString());
    const Vector vector(json);
    compare_steps(vector);
    compare_keys(vector);
    CHECK(tc3::signed_headers(vector.request, vector.credential, vector.time) ==
          vector.request_headers());
  }
}

TEST_CASE("a signer that is kept signs like a new one, whatever key, day or service comes next") {
  const rapidjson::Document document = read_vectors();
  tc3::Signer signer;
  for (int round = 0; round < 2; ++round)
    for (const rapidjson::Value& json : document["vectors"].GetArray()) {
      const Vector vector(json);
      for (int twice = 0; twice < 2; ++twice)
        CHECK(signer.signed_headers(vector.request, vector.credential, vector.time) ==
              vector.request_headers());
    }
}

TEST_CASE("a change of anything that is signed changes the signature") {
  using Change = void (*)(tc3::Request&);
  const Change change = GENERATE(
      as<Change>(), [](tc3::Request& r) { r.method = "GET"; },
      [](tc3::Request& r) { r.host = "vod.tencentcloudapi.com:443"; },
      [](tc3::Request& r) { r.service = "sts"; },
      [](tc3::Request& r) { r.content_type = "application/jsom"; },
      [](tc3::Request& r) { r.query = "a=1"; }, [](tc3::Request& r) { r.body = "{ }"; },
      [](tc3::Request& r) { r.unsigned_payload = true; },
      [](tc3::Request& r) { r.sign_action = true; });
  tc3::Request changed = pull;
  change(changed);
  CHECK(signature_of(changed) != signature_of(pull));
}

TEST_CASE("an unsigned payload may change on the way") {
  tc3::Request one = pull;
  one.unsigned_payload = true;
  tc3::Request other = one;
  other.body = "{\"SubAppId\":1}";
  CHECK(signature_of(one) == signature_of(other));
}

TEST_CASE("blanks around a signed header's value do not count") {
  tc3::Request blanks = pull;
  blanks.host = " vod.tencentcloudapi.com\t";
  blanks.content_type = "  application/json ";
  CHECK(signature_of(blanks) == signature_of(pull));
}

TEST_CASE("the date is the UTC day of the timestamp, before 1970 and beyond 2038 too",
          "[fault-34][fault-35]") {
  using Case = std::pair<std::int64_t, const char*>;
  const auto [time_s, date] =
      GENERATE(Case{-1, "1969-12-31"}, Case{0, "1970-01-01"}, Case{86'399, "1970-01-01"},
               Case{86'400, "1970-01-02"}, Case{2'147'483'648, "2038-01-19"},
               Case{4'107'542'400, "2100-03-01"});
  CHECK(tc3::sign(pull, credential, sys_seconds(seconds(time_s))).date == date);
}

TEST_CASE("the secret key and the token appear in no step, the token in its header only") {
  tc3::Credential temporary{"AKIDexample", base::Secret("SECRETkeySECRET"),
                            base::Secret("TOKENtokenTOKEN")};
  const tc3::Signature s = tc3::sign(pull, temporary, time_of_example);
  const auto headers = tc3::signed_headers(pull, temporary, time_of_example);
  std::string all = s.canonical_request + s.string_to_sign + s.authorization;
  CHECK(std::count(headers.begin(), headers.end(), "X-TC-Token: TOKENtokenTOKEN") == 1);
  for (const std::string& header : headers) {
    if (!header.starts_with("X-TC-Token:")) all += header;
  }
  CHECK(all.find("SECRETkey") == all.npos);
  CHECK(all.find("TOKENtoken") == all.npos);
}
