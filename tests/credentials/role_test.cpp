// Source 6: the metadata service, a real one on loopback.
#include "http/curl_transport.h"
#include "sources.h"
#include "support/loopback_server.h"

#include <mutex>

using base::Utc;
using credentials::Error;
using credentials::Source;
using support::http_reply;
using support::LoopbackServer;
using namespace std::chrono_literals;

namespace {

const Utc noon{std::chrono::sys_days(std::chrono::year(2026) / 11 / 24) + 12h};
const Utc expiry = noon + 2h;
constexpr std::string_view folder = "GET /latest/meta-data/cam/security-credentials/";

std::string credential_json(const std::string& id, Utc expires_at) {
  const auto expiry_s = std::chrono::floor<std::chrono::seconds>(expires_at).time_since_epoch();
  return "{\"TmpSecretId\":\"" + id +
         "\",\"TmpSecretKey\":\"role-key\",\"ExpiredTime\":" + std::to_string(expiry_s.count()) +
         ",\"Expiration\":\"2026-11-24T14:00:00Z\",\"Token\":\"role-token\","
         "\"Code\":\"Success\"}";
}

// The service, and a source that asks it; what it answers can be changed between two requests.
class Machine {
 public:
  explicit Machine(const std::string& role = "auto", bool reachable = true)
      : server_([this](const std::string& request) { return answer(request); }),
        transport_(clock_, {}, {}),
        source(settings(role, reachable)) {}

  void role_is(std::string bytes) { put(role_reply_, std::move(bytes)); }
  void credential_is(std::string bytes) { put(credential_reply_, std::move(bytes)); }

  // Sends what is due at `now` and hands the reply over.  False when nothing was due.
  bool ask(Utc now) {
    std::optional<http::Request> request = source.due(now);
    if (!request) return false;
    CHECK(request->timeout == 1s);
    CHECK_FALSE(source.due(now));  // it is out
    transport_.start(*std::move(request));
    const auto completed = transport_.poll(clock_.now() + 30s);
    REQUIRE(completed.size() == 1);
    source.completed(completed[0].response, now);
    return true;
  }

  [[nodiscard]] std::vector<std::string> asked() const {
    std::vector<std::string> paths;
    for (const std::string& request : server_.requests()) {
      REQUIRE(request.starts_with(folder));
      paths.push_back(request.substr(folder.size(), request.find(' ', 4) - folder.size()));
    }
    return paths;
  }

 private:
  credentials::Settings settings(const std::string& role, bool reachable) const {
    credentials::Settings settings = settings_with({});
    settings.cvm_role = role;
    settings.metadata_endpoint = reachable ? server_.url("") : "http://does-not-exist.invalid";
    return settings;
  }
  support::Reply answer(const std::string& request) {
    const std::lock_guard lock(mutex_);
    return {request[folder.size()] == ' ' ? role_reply_ : credential_reply_};
  }
  void put(std::string& reply, std::string bytes) {
    const std::lock_guard lock(mutex_);
    reply = std::move(bytes);
  }

  std::mutex mutex_;
  std::string role_reply_ = http_reply(200, "vod-reader\n");
  std::string credential_reply_ = http_reply(200, credential_json("role-id", expiry));
  base::SystemClock clock_;
  LoopbackServer server_;
  http::CurlTransport transport_;

 public:
  Source source;
};

}  // namespace

TEST_CASE("the bound role is asked for, and then its credential") {
  Machine machine;
  CHECK(machine.source.current() == nullptr);
  CHECK(machine.ask(noon));
  CHECK(machine.source.current() == nullptr);
  CHECK(machine.ask(noon));
  CHECK(triple(machine.source) == "role-id/role-key/role-token");
  CHECK(machine.asked() == std::vector<std::string>{"", "vod-reader"});
  CHECK_FALSE(machine.ask(noon));
}

TEST_CASE("a role that is configured is asked for by its name at once") {
  Machine machine("my-role");
  CHECK(machine.ask(noon));
  CHECK(triple(machine.source) == "role-id/role-key/role-token");
  CHECK(machine.asked() == std::vector<std::string>{"my-role"});
}

TEST_CASE("a credential is fetched again 300 s before it expires") {
  Machine machine("my-role");
  REQUIRE(machine.ask(noon));
  CHECK(machine.source.due_at() == expiry - 300s);
  CHECK_FALSE(machine.ask(expiry - 300s - 1ms));
  machine.credential_is(http_reply(200, credential_json("new-id", expiry + 2h)));
  CHECK(machine.ask(expiry - 300s));
  CHECK(triple(machine.source) == "new-id/role-key/role-token");
  CHECK(machine.source.due_at() == expiry + 2h - 300s);
}

TEST_CASE("a failed refresh keeps the old credential until it expires, and is tried every 5 s") {
  Machine machine("my-role");
  REQUIRE(machine.ask(noon));
  machine.credential_is(http_reply(500, "broken"));
  Utc now = expiry - 300s;
  CHECK_THROWS_AS(machine.ask(now), Error);
  CHECK(triple(machine.source) == "role-id/role-key/role-token");
  CHECK_FALSE(machine.ask(now + 4'999ms));
  CHECK_THROWS_AS(machine.ask(now + 5s), Error);
  CHECK(machine.source.due_at() == now + 10s);
  CHECK_THROWS_AS(machine.ask(expiry - 1ms), Error);
  CHECK(machine.source.current() != nullptr);
  CHECK_FALSE(machine.ask(expiry));
  CHECK(machine.source.current() == nullptr);
  machine.credential_is(http_reply(200, credential_json("new-id", expiry + 2h)));
  CHECK(machine.ask(expiry + 5s));
  CHECK(triple(machine.source) == "new-id/role-key/role-token");
}

TEST_CASE("how long a credential lasts is counted from the reply's own Date, not from our clock") {
  const auto wrong_by = GENERATE(24h, -24h);
  Machine machine("my-role");
  machine.credential_is(http_reply(200, credential_json("role-id", expiry),
                                   "Date: Tue, 24 Nov 2026 12:00:00 GMT\r\n"));
  REQUIRE(machine.ask(noon + wrong_by));
  CHECK(triple(machine.source) == "role-id/role-key/role-token");
  CHECK(machine.source.due_at() == expiry - 300s + wrong_by);
  machine.credential_is(http_reply(500, "broken"));
  CHECK_THROWS_AS(machine.ask(expiry - 1ms + wrong_by), Error);
  CHECK(machine.source.current() != nullptr);
  CHECK_FALSE(machine.ask(expiry + wrong_by));
  CHECK(machine.source.current() == nullptr);
}

TEST_CASE("a credential that lives shorter than the margin is asked for every 5 s") {
  Machine machine("my-role");
  machine.credential_is(http_reply(200, credential_json("short", noon + 60s)));
  CHECK(machine.ask(noon));
  CHECK(triple(machine.source) == "short/role-key/role-token");
  CHECK(machine.source.due_at() == noon + 5s);
}

TEST_CASE("a reply that is no credential is an error, and no part of it is told") {
  const std::string good = credential_json("role-id", expiry);
  const auto without = [&](const std::string& name) {
    std::string text = good;
    return text.replace(text.find(name), name.size(), "Other");
  };
  const auto [bytes, word] = GENERATE_COPY(table<std::string, std::string>({
      {http_reply(404, "role-key"), "bind it"},
      {http_reply(503, "role-key"), "HTTP 503"},
      {http_reply(200, ""), "not a JSON object"},
      {http_reply(200, "<html>role-key role-token"), "not a JSON object"},
      {http_reply(200, good.substr(0, good.size() - 2)), "not a JSON object"},
      {http_reply(200, without("Success")), "says it failed"},
      {http_reply(200, without("TmpSecretId")), "no TmpSecretId"},
      {http_reply(200, without("TmpSecretKey")), "no TmpSecretKey"},
      {http_reply(200, without("Token")), "no Token"},
      {http_reply(200, without("ExpiredTime")), "no ExpiredTime"},
      {http_reply(200, credential_json("role-id", noon)), "has expired"},
      {http_reply(200, credential_json("", expiry)), "secret id"},
      {http_reply(200, credential_json("role\\nid", expiry)), "secret id"},
  }));
  Machine machine("my-role");
  machine.credential_is(bytes);
  const std::string error = error_of([&] { machine.ask(noon); });
  CAPTURE(bytes, error);
  CHECK(contains(error, "CVM role my-role"));
  CHECK(contains(error, word));
  CHECK_FALSE(contains(error, "role-key"));
  CHECK_FALSE(contains(error, "role-token"));
  CHECK(machine.source.current() == nullptr);
  CHECK(machine.source.due_at() == noon + 5s);
}

TEST_CASE("a machine without a role is an error, and asked again") {
  Machine machine;
  machine.role_is(http_reply(404, "not found"));
  CHECK_THROWS_AS(machine.ask(noon), Error);
  CHECK_FALSE(machine.ask(noon + 4s));
  machine.role_is(http_reply(200, "late-role"));
  CHECK(machine.ask(noon + 5s));
  CHECK(machine.ask(noon + 5s));
  CHECK(triple(machine.source) == "role-id/role-key/role-token");
  CHECK(machine.asked() == std::vector<std::string>{"", "", "late-role"});
}

TEST_CASE("a role that was bound in another's place is found") {
  Machine machine;
  REQUIRE(machine.ask(noon));
  REQUIRE(machine.ask(noon));
  machine.credential_is(http_reply(404, ""));
  machine.role_is(http_reply(200, "other-role"));
  CHECK_THROWS_AS(machine.ask(expiry - 300s), Error);
  CHECK(machine.ask(expiry - 295s));
  CHECK(machine.asked() == std::vector<std::string>{"", "vod-reader", "vod-reader", ""});
}

TEST_CASE("a role's name that could not stand in a URL is no role") {
  const std::string name = GENERATE(as<std::string>(), "", "two words", "a/../b", "a?b", "<html>",
                                    std::string(129, 'x'));
  CAPTURE(name);
  Machine machine;
  machine.role_is(http_reply(200, name));
  CHECK_THROWS_AS(machine.ask(noon), Error);
  if (!name.empty()) CHECK_THROWS_AS(Machine(name), Error);
}

TEST_CASE("a machine that is in no cloud says so") {
  Machine machine("auto", false);
  CHECK(contains(error_of([&] { machine.ask(noon); }), "metadata service: resolve"));
}

TEST_CASE("an absurd time of expiry is far away and no overflow") {
  Machine machine("my-role");
  std::string reply = credential_json("role-id", expiry);
  const std::size_t at = reply.find("ExpiredTime\":") + 13;
  reply.replace(at, reply.find(',', at) - at, "9223372036854775807");
  machine.credential_is(http_reply(200, reply));
  CHECK(machine.ask(noon));
  CHECK(machine.source.due_at() > noon + 24h * 365 * 1000);
}

TEST_CASE("reading again asks the service again and keeps the credential meanwhile", "[fault-22]") {
  Machine machine;
  REQUIRE(machine.ask(noon));
  REQUIRE(machine.ask(noon));
  machine.source.reload();
  CHECK(triple(machine.source) == "role-id/role-key/role-token");
  machine.credential_is(http_reply(200, credential_json("new-id", expiry)));
  CHECK(machine.ask(noon + 1s));
  CHECK(triple(machine.source) == "new-id/role-key/role-token");
  CHECK(machine.asked() == std::vector<std::string>{"", "vod-reader", "vod-reader"});
}

TEST_CASE("a reply that comes after a key was put in place is ignored") {
  const support::TempFolder files;
  credentials::Settings settings = settings_with({{"CREDENTIALS_DIRECTORY", files.path()}});
  settings.cvm_role = "my-role";
  Source source(settings);
  REQUIRE(source.due(noon));
  files.write("secret-id", "file-id");
  files.write("secret-key", "file-key");
  source.reload();
  http::Response reply;
  reply.status = 200;
  reply.body = credential_json("role-id", expiry);
  source.completed(reply, noon);
  CHECK(triple(source) == "file-id/file-key/");
  CHECK(source.due_at() == Utc::max());
}
