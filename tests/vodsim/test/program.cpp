// The built program, over HTTP.
#include "support/process.h"
#include "support/temp_folder.h"
#include "vodsim/test/http_client.h"
#include "vodsim/test/running.h"

#include <rapidjson/document.h>
#include <signal.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

using namespace std::chrono_literals;
using support::Process;
using vodsim::call;
using vodsim::command;
using vodsim::HttpClient;
using vodsim::HttpReply;
using vodsim::Running;
using vodsim::send;

namespace {

rapidjson::Document parsed(const std::string& text) {
  rapidjson::Document document;
  document.Parse(text.c_str());
  REQUIRE(document.IsObject());
  return document;
}

std::uint64_t total(HttpClient& client, const char* name) {
  const auto ledger = parsed(client.get("/ledger?totals=1").body);
  return ledger["totals"][name].GetUint64();
}

// Asks until the total is that; the test program's own time limit ends a wait in vain.
void await_total(HttpClient& client, const char* name, std::uint64_t wanted) {
  while (total(client, name) != wanted) {
  }
}

std::string confirm_body(const HttpReply& pulled) {
  const auto document = parsed(pulled.body);
  std::string body;
  for (const auto& event : document["Response"]["EventSet"].GetArray())
    body += std::string(body.empty() ? "" : ",") + '"' + event["EventHandle"].GetString() + '"';
  return "{\"EventHandles\":[" + body + "]}";
}

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("the program serves a queue until it is drained, and writes its ledger") {
  const support::TempFolder folder;
  const std::string ledger = folder / "ledger.json";
  const std::vector<std::string> half_a_millisecond{"--rtt-ms", "0.5"};
  std::vector<std::string> options{"--generate", "100", "--exit-when-drained", "--ledger", ledger};
  if (GENERATE(false, true))
    options.insert(options.end(), half_a_millisecond.begin(), half_a_millisecond.end());
  Running running(options);
  {
    HttpClient client(running.url);
    for (int batch = 0; batch < 7; ++batch) {
      const HttpReply pulled = call(client, "PullEvents");
      REQUIRE(pulled.status == 200);
      CHECK(pulled.head.find("Content-Type: application/json\r\n") != std::string::npos);
      CHECK(call(client, "ConfirmEvents", confirm_body(pulled)).status == 200);
    }
  }
  CHECK(running.process.wait(20s) == 0);
  CHECK(running.process.out().find(
            "vodsim: events=100 coming=0 waiting=0 leased=0 confirmed=100") != std::string::npos);
  const auto written = parsed(read_file(ledger));
  CHECK(written["events"].Size() == 100);
  for (const auto& event : written["events"].GetArray()) {
    CHECK(event["arrived_us"].GetInt64() <= event["pulled_us"].GetInt64());
    CHECK(event["pulled_us"].GetInt64() <= event["confirmed_us"].GetInt64());
  }
  CHECK(written["totals"]["new_connections"].GetUint64() == 1);
  CHECK(written["totals"]["requests"].GetUint64() == 14);
}

TEST_CASE("events arrive at even or at random distances, as many a second") {
  const bool at_random = GENERATE(false, true);
  std::vector<std::string> options{"--generate", "400", "--arrive", "10/s"};
  if (at_random) options.push_back("--arrive-at-random");
  Running running(options);
  HttpClient client(running.url);
  const auto ledger = parsed(client.get("/ledger").body);
  std::set<std::int64_t> gaps;
  std::int64_t first = 0, last = 0;
  for (const auto& event : ledger["events"].GetArray()) {
    const std::int64_t at = event["arrived_us"].GetInt64();
    if (first == 0)
      first = at;
    else
      gaps.insert((at - last) / 10);
    CHECK(at >= last);
    last = at;
    CHECK_FALSE(event.HasMember("confirmed_us"));
  }
  CHECK((gaps.size() > 300) == at_random);
  CHECK(std::abs(last - first - 39'900'000) < 10'000'000);
}

TEST_CASE("a held pull is answered when an event comes back, and when the hold is over") {
  Running running({"--generate", "1", "--lease-s", "0.3", "--hold-s", "20"});
  HttpClient client(running.url);
  CHECK(parsed(call(client, "PullEvents").body)["Response"]["EventSet"].Size() == 1);
  CHECK(parsed(call(client, "PullEvents").body)["Response"]["EventSet"].Size() == 1);
  Running short_hold({"--hold-s", "0.05"});
  HttpClient other(short_hold.url);
  CHECK(call(other, "PullEvents").body.find("ResourceNotFound") != std::string::npos);
}

TEST_CASE("several held pulls share what arrives") {
  Running running({"--generate", "3", "--arrive", "20/s", "--hold-s", "20"});
  HttpClient first(running.url), second(running.url), third(running.url);
  for (HttpClient* client : {&first, &second, &third}) send(*client, "PullEvents");
  std::size_t events = 0;
  for (HttpClient* client : {&first, &second, &third})
    events += parsed(client->receive().body)["Response"]["EventSet"].Size();
  CHECK(events == 3);
}

TEST_CASE("a held pull whose client has gone takes no events") {
  Running running({"--generate", "1", "--lease-s", "0.5", "--hold-s", "20"});
  HttpClient client(running.url);
  CHECK(call(client, "PullEvents").status == 200);
  {
    HttpClient gone(running.url);
    send(gone, "PullEvents");
    await_total(client, "pulls", 2);
  }
  CHECK(parsed(call(client, "PullEvents").body)["Response"]["EventSet"].Size() == 1);
  CHECK(total(client, "delivered") == 2);
}

TEST_CASE("a lost reply ends the connection, and the next one is served") {
  Running running({"--generate", "1", "--redeliver", "100", "--lose", "request"});
  HttpClient client(running.url);
  const std::string confirm = confirm_body(call(client, "PullEvents"));
  CHECK(call(client, "ConfirmEvents", confirm).status == 0);
  HttpClient again(running.url);
  CHECK(call(again, "ConfirmEvents", confirm).body.find("Error") == std::string::npos);
  CHECK(total(again, "confirmed") == 1);
}

TEST_CASE("a body over 10 MB is refused and the connection goes on") {
  Running running({"--generate", "1"});
  HttpClient client(running.url);
  const std::string huge = "{\"ExtInfo\":\"" + std::string(11 << 20, 'x') + "\"}";
  CHECK(call(client, "PullEvents", huge).body.find("RequestSizeLimitExceeded") !=
        std::string::npos);
  CHECK(parsed(call(client, "PullEvents").body)["Response"]["EventSet"].Size() == 1);
}

TEST_CASE("it ends at once on a signal while pulls are held and replies under way") {
  Running running({"--hold-s", "20", "--rtt-ms", "100"});
  HttpClient held(running.url), watching(running.url);
  send(held, "PullEvents");
  await_total(watching, "pulls", 1);
  send(watching, "DescribeEventsState");
  running.process.signal(SIGTERM);
  CHECK(running.process.wait(20s) == 0);
  CHECK(held.receive().status == 0);
}

TEST_CASE("it ends by itself, and tells when that was too early") {
  Process idle({BINARIES "/vodsim", "--max-seconds", "0.05"});
  CHECK(idle.wait(20s) == 0);
  Process undrained(
      {BINARIES "/vodsim", "--max-seconds", "0.05", "--generate", "1", "--exit-when-drained"});
  CHECK(undrained.wait(20s) == 1);
}

TEST_CASE("a confirm of what is not stored is a violation, and the exit status says so") {
  Running running({"--generate", "1", "--exit-when-drained", "--witness", "/nonexistent/inbox.db"});
  {
    HttpClient client(running.url);
    CHECK(call(client, "ConfirmEvents", confirm_body(call(client, "PullEvents"))).status == 200);
  }
  CHECK(running.process.wait(20s) == 1);
  CHECK(running.process.out().find("witness_violations=1") != std::string::npos);
  CHECK(running.process.err().find("/nonexistent/inbox.db") != std::string::npos);
}

TEST_CASE("wrong usage ends with 64 and says what is wrong") {
  const std::vector<std::vector<std::string>> wrong{
      {"--listen", "0.0.0.0:0"}, {"--listen", "127.0.0.1"},    {"--listen", "127.0.0.1:99999"},
      {"--empty", "perhaps"},    {"--redeliver", "101"},       {"--arrive", "often"},
      {"--lease-s", "0"},        {"--events", "/nonexistent"}, {"--unknown"},
  };
  for (const auto& options : wrong) {
    INFO(options[0]);
    Process process(command(options));
    CHECK(process.wait(20s) == 64);
    CHECK(process.err().find(options[0]) != std::string::npos);
    CHECK(process.out().empty());
  }
  Process help({BINARIES "/vodsim", "--help"});
  CHECK(help.wait(20s) == 0);
  CHECK(help.out().find("EXIT STATUS") != std::string::npos);
}

TEST_CASE("a port in use ends with 71") {
  Running running({});
  Process second(command({"--listen", running.url.substr(running.url.find("//") + 2)}));
  CHECK(second.wait(20s) == 71);
  CHECK(second.err().find("cannot listen") != std::string::npos);
}
