// What must not leak: the secret key, the token, the signatures and the keys derived from the
// secret key.  The daemon goes through its whole life, and then everything it has written is
// searched for them.
#include "base/hex.h"
#include "e2e/setup.h"
#include "http/curl_transport.h"
#include "support/loopback_server.h"
#include "tc3/sign.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>

namespace {

using namespace std::chrono_literals;
using e2e::Arguments;
namespace fs = std::filesystem;

const std::string key = "gnu5t9xGARNpq86cd98joQYCNexample";
const std::string temporary_key = "0hVpRkzNf2LwXbTaY7dMqSexample9Ec";
const std::string wrong_key = "WrongYC39Z27cEXAMPLEuTJ5gk8hQvSn";
const std::string token =
    "tokenQ8mW1zKd5RjX0aVb7NfTs3YhGpLc9UeOiexampleZx2Cv4Bn6Mq1We3Rt5Yu7Io9Pa0Sd";

std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// What stands behind `start` in a request, up to the first of `ends`.
std::string behind(const std::string& request, const std::string& start, const char* ends) {
  const std::size_t begin = request.find(start);
  if (begin == request.npos) return {};
  return request.substr(begin + start.size(),
                        request.find_first_of(ends, begin) - begin - start.size());
}

// Hands a request on to another server as it came, since its headers are signed.
support::Reply hand_on(const std::string& request, const std::string& url) {
  const std::size_t body = request.find("\r\n\r\n");
  http::Request copy{.url = url, .body = request.substr(body + 4)};
  std::istringstream head(request.substr(0, body));
  for (std::string line; std::getline(head, line);) {
    if (line.ends_with('\r')) line.pop_back();
    for (const char* name : {"Host:", "Content-Type:", "X-TC-", "Authorization:"})
      if (line.starts_with(name)) copy.headers.push_back(line);
  }
  base::SystemClock clock;
  http::CurlTransport transport(clock, {}, {});
  transport.start(std::move(copy));
  const auto completed = transport.poll(clock.now() + 10s);
  if (completed.empty() || completed[0].response.status == 0) return {{}, support::Then::close};
  return {support::http_reply(completed[0].response.status, completed[0].response.body)};
}

// All that a process can write to, its free memory included; empty when the system does not let us
// look.
std::string memory_of(pid_t pid) {
  const std::string process = "/proc/" + std::to_string(pid);
  const support::Descriptor memory(open((process + "/mem").c_str(), O_RDONLY | O_CLOEXEC));
  std::ifstream maps(process + "/maps");
  constexpr std::size_t area_bytes_max = std::size_t{1} << 28;  // a sanitizer's own are larger
  std::string all;
  for (std::string line; std::getline(maps, line);) {
    std::size_t begin = 0, end = 0;
    char access[5] = {};
    if (std::sscanf(line.c_str(), "%zx-%zx %4s", &begin, &end, access) != 3 || access[1] != 'w' ||
        end - begin > area_bytes_max)
      continue;
    std::string area(end - begin, '\0');
    if (pread(memory.get(), area.data(), area.size(), static_cast<off_t>(begin)) > 0) all += area;
  }
  return all;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t times = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != text.npos; ++at) ++times;
  return times;
}

struct Secrets : e2e::Setup {
  Secrets() {
    fs::create_directory(folder / "told");
    fs::create_directory(folder / "store");
    database = folder / "store/events.db";
    umask(0);  // the daemon must not rely on ours
  }
  ~Secrets() { umask(mask_); }

  // A simulator, and before it a server that sees all that the daemon sends to it.
  void serve(const std::string& its_key, Arguments more) {
    Arguments arguments = {
        BINARIES "/vodsim", "--secret-id", "test-id",       "--secret-key", its_key,
        "--hold-s",         "0.2",         "--max-seconds", "120"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    simulator = std::make_unique<support::Process>(arguments);
    const auto line = simulator->read_line(20s);
    REQUIRE(line);
    simulator_url_ = line->substr(line->find("http://"));
    answer([to = simulator_url_](const std::string& request) { return hand_on(request, to); });
  }

  void answer(support::LoopbackServer::Answer answer) {
    note_requests();
    server_ = std::make_unique<support::LoopbackServer>(std::move(answer));
    url = server_->url("");
  }

  // The files that the daemon is to read from; `credentials`: TOML of that section.
  void configure(const std::string& secret_key, const std::string& credentials = {}) {
    folder.write("given/secret-key", secret_key + '\n');
    folder.write("given/token", token + '\n');
    const std::string named = "secret_id = \"test-id\"\nsecret_key_file = \"" +
                              (folder / "given/secret-key") + "\"\n" + credentials;
    folder.write("given/vodeventd.toml", "[api]\nendpoint = \"" + url + "\"\ntimeout_s = 6\n" +
                                             "[credentials]\n" + (secret_key.empty() ? "" : named) +
                                             "[store]\npath = \"" + database +
                                             "\"\n[poll]\nmax_pulls_in_flight = 2\n"
                                             "[log]\nlevel = \"debug\"\n");
  }

  support::Process start(Arguments verb, Arguments environment = {}) {
    Arguments arguments = {BINARIES "/vodeventd", "--config", folder / "given/vodeventd.toml"};
    arguments.insert(arguments.end(), verb.begin(), verb.end());
    environment.insert(environment.end(), {"JOURNAL_STREAM=", "HOME=/nonexistent"});
    log_file_ = folder / ("told/" + std::to_string(++started_) + ".err");
    return support::Process(support::Process::Command{
        .arguments = arguments,
        .environment = environment,
        .out_file = folder / ("told/" + std::to_string(started_) + ".out"),
        .err_file = log_file_,
        .folder = folder.path()});
  }

  int run(Arguments verb, Arguments environment = {}) {
    auto process = start(std::move(verb), std::move(environment));
    const auto status = process.wait(30s);
    INFO(contents(log_file_));
    REQUIRE(status);
    return *status;
  }

  void await(const std::string& text) const {
    for (int i = 0; i < 200 && contents(log_file_).find(text) == std::string::npos; ++i)
      std::this_thread::sleep_for(50ms);
    REQUIRE_THAT(contents(log_file_), Catch::Contains(text));
  }

  // Keeps what the last server has seen: signatures, and the days for which keys were derived.
  void note_requests() {
    if (!server_) return;
    for (const std::string& request : server_->requests()) {
      const std::string signature = behind(request, "Signature=", "\r");
      if (signature.size() == 64) signatures_.insert(signature);
      const std::string scope = behind(request, "Credential=test-id/", ",");
      if (!scope.empty()) days_.insert(scope.substr(0, scope.find('/')));
      tokens_ += request.find("X-TC-Token: " + token) != request.npos;
    }
  }

  // Each with its name.
  std::vector<std::pair<std::string, std::string>> secrets() {
    note_requests();
    std::vector<std::pair<std::string, std::string>> all = {{"token", token}};
    for (const std::string& each : signatures_) all.emplace_back("signature", each);
    for (const std::string& each : {key, temporary_key, wrong_key}) {
      all.emplace_back("key", each);
      for (const std::string& day : days_) {
        const tc3::SigningKeys keys(base::Secret(each), day, "vod");
        for (const auto* derived : {&keys.date, &keys.service, &keys.signing}) {
          const char* name = derived == &keys.signing ? "signing key" : "derived key";
          all.emplace_back(name, std::string(derived->bytes.begin(), derived->bytes.end()));
          all.emplace_back("derived key", base::hex(derived->bytes));
        }
      }
    }
    return all;
  }

  // Searches what the daemon has written so far; gives how many files that were.
  std::size_t search() {
    const auto needles = secrets();
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
      if (!entry.is_regular_file() || entry.path().parent_path().filename() == "given") continue;
      const std::string text = contents(entry.path());
      files += !text.empty();
      for (const auto& [name, secret] : needles) {
        INFO(name << " in " << entry.path());
        CHECK(text.find(secret) == text.npos);
      }
    }
    return files;
  }

  // The database and all that belongs to it are for their user and group alone.
  void check_modes(const std::set<std::string>& expected) const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder / "store")) {
      struct stat status {};
      REQUIRE(stat(entry.path().c_str(), &status) == 0);
      INFO(entry.path() << " has mode " << std::oct << (status.st_mode & 0777));
      CHECK((status.st_mode & 0137) == 0);
      names.insert(entry.path().filename());
    }
    CHECK(std::includes(names.begin(), names.end(), expected.begin(), expected.end()));
  }

  const mode_t mask_ = umask(0);
  std::unique_ptr<support::LoopbackServer> server_;
  std::string simulator_url_;
  std::string log_file_;
  int started_ = 0;
  int tokens_ = 0;
  std::set<std::string> signatures_, days_;
};

}  // namespace

TEST_CASE_METHOD(Secrets, "no verb writes a secret") {
  serve(key, {"--generate", "50"});
  configure(key);
  const Arguments drain = {"drain"};
  CHECK(run(drain) == 0);
  const auto handle = [&] {
    sqlite::Database reader(database, sqlite::Database::Mode::read_only);
    return reader.text("SELECT event_handle FROM events LIMIT 1");
  }();
  for (const Arguments& verb : std::vector<Arguments>{{"check"},
                                                      {"check", "--online"},
                                                      {"check", "--online", "--pull", "--json"},
                                                      {"audit"},
                                                      {"audit", "--json"},
                                                      {"explain", handle},
                                                      {"explain", handle, "--json"}}) {
    INFO(verb[0]);
    CHECK(run(verb) == 0);
  }
  serve(key, {"--generate", "20"});
  configure("");
  CHECK(run(drain, {"TENCENTCLOUD_SECRET_ID=test-id", "TENCENTCLOUD_SECRET_KEY=" + key}) == 0);
  CHECK(search() >= 8);
  CHECK(signatures_.size() >= 4);
  // The search can find: what was given to the daemon holds them.
  CHECK_THAT(contents(folder / "given/token"), Catch::Contains(token));
  CHECK(contents(folder / "told/1.err").find("stored") != std::string::npos);
}

TEST_CASE_METHOD(Secrets, "a service with a temporary key writes no secret") {
  serve(temporary_key, {"--token", token, "--generate", "100", "--arrive", "100/s"});
  configure(temporary_key, "token_file = \"" + (folder / "given/token") + "\"\n");
  auto process = start({"run"});
  await("stored");
  process.signal(SIGHUP);
  await("credential again");
  for (int i = 0; i < 200 && number("SELECT count(confirmed_at) FROM events") == 0; ++i)
    std::this_thread::sleep_for(50ms);
  check_modes({"events.db", "events.db-shm", "events.db-wal"});
  search();
  CHECK(tokens_ > 0);
  process.signal(SIGTERM);
  CHECK(process.wait(12s) == 0);
  CHECK(search() >= 2);
  check_modes({"events.db"});
}

// With nothing to pull, little is written over what was freed.
TEST_CASE_METHOD(Secrets,
                 "a service keeps one copy of the key, and of what is derived one that signs") {
  serve(temporary_key, {"--token", token});
  configure(temporary_key, "token_file = \"" + (folder / "given/token") + "\"\n");
  auto process = start({"run"});
  await("started");
  for (int i = 0; i < 200 && server_->requests().empty(); ++i) std::this_thread::sleep_for(50ms);
  process.signal(SIGHUP);
  await("credential again");
  const std::string memory = memory_of(process.pid());
  if (memory.empty()) {
    WARN("the daemon's memory can't be read here");
    return;
  }
  // An allocator writes to the front of what is freed: the tail would still be there.
  CHECK(count(memory, temporary_key.substr(16)) == 1);
  std::size_t signing_keys = 0;
  for (const auto& [name, secret] : secrets()) {
    if (name == "derived key") CHECK(count(memory, secret.substr(16)) == 0);
    if (name == "signing key") signing_keys += count(memory, secret.substr(16));
  }
  CHECK(signing_keys == 1);
  CHECK(days_.size() > 0);
}

TEST_CASE_METHOD(Secrets, "no failure writes a secret") {
  serve(key, {"--generate", "5"});
  configure(wrong_key);
  CHECK(run({"drain"}) == 69);
  CHECK(run({"check", "--online"}) == 69);
  const auto echo = [](const std::string& request) { return "<pre>" + request + "</pre>"; };
  answer([&](const std::string& request) {
    return support::Reply{support::http_reply(502, echo(request))};
  });
  configure(key, "token_file = \"" + (folder / "given/token") + "\"\n");
  CHECK(run({"check", "--online"}) == 69);
  answer([&](const std::string& request) {
    return support::Reply{support::http_reply(200, echo(request))};
  });
  configure(key, "token_file = \"" + (folder / "given/token") + "\"\n");
  CHECK(run({"check", "--online"}) == 69);
  url = "https" + simulator_url_.substr(4);  // which does not speak TLS
  configure(key);
  CHECK(run({"check", "--online"}) == 69);
  configure(key + " and a blank");
  CHECK(run({"drain"}) == 78);
  CHECK(search() >= 6);
  CHECK(tokens_ > 0);
}
