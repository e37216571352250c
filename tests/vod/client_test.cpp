#include "vod/client.h"

#include "support/fake_clock.h"
#include "support/scripted_transport.h"
#include "support/temp_folder.h"

#include <catch2/catch.hpp>

namespace {

using namespace std::chrono_literals;

constexpr const char* skewed =
    R"({"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"m"},"RequestId":"r"}})";

struct Fixture {
  support::TempFolder folder;
  support::FakeClock clock;
  support::ScriptedTransport transport{clock};
  std::vector<std::string> lines;
  base::Log log{base::Level::debug, clock,
                [this](const base::Message& message, auto) { lines.emplace_back(message.text); }};

  credentials::Settings key(const std::string& text) {
    credentials::Settings settings;
    settings.secret_id = "id";
    settings.secret_key_file = folder.write("key", text);
    settings.environment = [](const char*) { return std::optional<std::string>(); };
    return settings;
  }
  credentials::Source credentials{key("secret")};
  vod::Client client{{.endpoint = "vod.example.com:8443", .region = {}, .sub_app_id = 1500000001},
                     transport,
                     credentials,
                     clock,
                     log};

  http::Response at(const char* body, std::chrono::seconds server_ahead) {
    http::Response response;
    response.status = 200;
    response.body = body;
    response.date = std::chrono::floor<std::chrono::seconds>(clock.utc()) + server_ahead;
    return response;
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "calls carry the action, the application and a signature for the host") {
  client.pull_events();
  CHECK(transport.sent(1).url == "https://vod.example.com:8443/");
  CHECK(transport.sent(1).body == R"({"SubAppId":1500000001})");
  CHECK(transport.header(1, "Host") == "vod.example.com:8443");
  CHECK(transport.header(1, "X-TC-Action") == "PullEvents");
  CHECK(transport.header(1, "X-TC-Timestamp") == "1795219200");
  CHECK_THAT(transport.header(1, "Authorization"), Catch::Contains("/2026-11-21/vod/tc3_request"));
  const std::string handles[] = {"1", "q\"\n"};
  client.confirm_events(handles);
  CHECK(transport.sent(2).body == R"({"EventHandles":["1","q\"\n"],"SubAppId":1500000001})");
}

TEST_CASE_METHOD(Fixture,
                 "a wrong clock is learned from the server's Date and the call signed again") {
  const vod::Call call = client.pull_events();
  transport.reply(1, at(skewed, -7200s));
  CHECK(client.poll(clock.now()).empty());
  REQUIRE(transport.count() == 2);
  CHECK(transport.header(2, "X-TC-Timestamp") == "1795212000");
  CHECK(client.clock_offset() == -7200s);
  transport.reply(2, R"({"Response":{"RequestId":"r"}})");
  const auto answers = client.poll(clock.now());
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].call == call);
  CHECK_FALSE(answers[0].reply.failure);
  CHECK(lines.size() == 1);
  SECTION("and kept for the calls that follow") {
    client.pull_events();
    CHECK(transport.header(3, "X-TC-Timestamp") == "1795212000");
  }
  SECTION("and learned anew once this machine's clock has been set right") {
    clock.jump_utc(-7200s);
    client.pull_events();
    CHECK(transport.header(3, "X-TC-Timestamp") == "1795204800");
    transport.reply(3, at(skewed, 0s));
    CHECK(client.poll(clock.now()).empty());
    CHECK(transport.header(4, "X-TC-Timestamp") == "1795212000");
    CHECK(client.clock_offset() == 0s);
    CHECK_THAT(lines.back(), Catch::EndsWith("right again"));
  }
}

TEST_CASE_METHOD(Fixture, "a clock that the server's Date does not explain is a failure at once") {
  client.pull_events();
  transport.reply(1, at(skewed, 2s));
  const auto answers = client.poll(clock.now());
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].reply.failure->error_class == vod::ErrorClass::clock_skew);
  CHECK(transport.count() == 1);
}

TEST_CASE_METHOD(Fixture, "a call is signed again only once") {
  client.pull_events();
  transport.reply(1, at(skewed, 3600s));
  client.poll(clock.now());
  transport.reply(2, at(skewed, 7200s));
  CHECK(client.poll(clock.now()).size() == 1);
  CHECK(transport.count() == 2);
}

TEST_CASE_METHOD(Fixture, "a refused key is read again for the next call") {
  client.pull_events();
  folder.write("key", "rotated");
  transport.reply(1,
                  R"({"Response":{"Error":{"Code":"AuthFailure.SignatureFailure","Message":""}}})");
  CHECK(client.poll(clock.now()).at(0).reply.failure->error_class == vod::ErrorClass::credential);
  client.pull_events();
  CHECK(transport.header(1, "Authorization") != transport.header(2, "Authorization"));
  SECTION("and once more just before it, since it may wait a minute") {
    transport.reply(2, R"({"Response":{"Error":{"Code":"AuthFailure","Message":""}}})");
    client.poll(clock.now());
    folder.write("key", "secret");
    client.pull_events();
    CHECK(transport.header(3, "Authorization") == transport.header(1, "Authorization"));
  }
  SECTION("and one that can't be read is told, while the old one stays") {
    folder.write("key", "");
    transport.reply(2, R"({"Response":{"Error":{"Code":"AuthFailure","Message":""}}})");
    client.poll(clock.now());
    CHECK(lines == std::vector<std::string>{"could not get the credential"});
    client.pull_events();
    CHECK(transport.header(2, "Authorization") == transport.header(3, "Authorization"));
  }
}

TEST_CASE_METHOD(Fixture, "calls wait for the credential of a role") {
  credentials::Settings settings = key("");
  settings.secret_id.clear();
  settings.secret_key_file.clear();
  settings.cvm_role = "worker";
  settings.system_profile_file = folder / "none";
  settings.credential_store = folder / "none";
  bool in_environment = false;
  settings.environment = [&](const char* name) -> std::optional<std::string> {
    const bool ours = std::string(name).starts_with("TENCENTCLOUD_SECRET_");
    return in_environment && ours ? std::optional<std::string>("x") : std::nullopt;
  };
  credentials::Source role(settings);
  vod::Client waiting({}, transport, role, clock, log);
  const vod::Call call = waiting.pull_events();
  CHECK(transport.count() == 0);
  CHECK(waiting.poll(clock.now()).empty());
  REQUIRE(transport.count() == 1);
  CHECK_THAT(transport.sent(1).url, Catch::EndsWith("/security-credentials/worker"));
  SECTION("and go out with it") {
    transport.reply(1,
                    R"({"TmpSecretId":"i","TmpSecretKey":"k","Token":"t","ExpiredTime":1795226400,
                           "Expiration":"x","Code":"Success"})");
    waiting.poll(clock.now());
    REQUIRE(transport.count() == 2);
    CHECK(transport.header(2, "X-TC-Token") == "t");
  }
  SECTION("and go out with one from elsewhere") {
    in_environment = true;
    role.reload();
    waiting.poll(clock.now());
    CHECK(transport.count() == 2);
  }
  SECTION("and fail when their time is over") {
    clock.advance(10s);
    const auto answers = waiting.poll(clock.now());
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].reply.failure->code == "no-credential");
  }
  SECTION("and fail when there is none") {
    transport.reply(1, "not for you");
    waiting.poll(clock.now());
    const auto answers = waiting.poll(clock.now());
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].call == call);
    CHECK(answers[0].reply.failure->code == "no-credential");
  }
}
