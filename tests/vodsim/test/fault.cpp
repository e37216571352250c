// The faults of the network as a client sees them, byte by byte.
#include "vodsim/fault.h"

#include "support/process.h"
#include "support/temp_folder.h"
#include "vodsim/test/http_client.h"
#include "vodsim/test/running.h"

#include <signal.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <string>

using namespace std::chrono_literals;
using Catch::Contains;
using vodsim::call;
using vodsim::Fault;
using vodsim::HttpClient;
using vodsim::HttpEnd;
using vodsim::HttpRest;
using vodsim::Running;

namespace {

// What comes of one PullEvents to a simulator with one event of about 1 KB and this fault.
struct Pulled {
  Running running;
  HttpClient client;
  HttpRest rest;
  std::string head, body;

  explicit Pulled(const std::string& fault, const std::vector<std::string>& more = {})
      : running(options(fault, more)), client(running.url), rest(ask(client)) {
    const std::size_t end = std::min(rest.bytes.find("\r\n\r\n"), rest.bytes.size());
    head = rest.bytes.substr(0, end);
    body = rest.bytes.substr(std::min(end + 4, rest.bytes.size()));
  }

  static std::vector<std::string> options(const std::string& fault,
                                          const std::vector<std::string>& more) {
    std::vector<std::string> all{"--generate", "1", "--fault", fault};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  static HttpRest ask(HttpClient& client) {
    vodsim::send(client, "PullEvents");
    return client.receive_rest(300ms);
  }

  // The length that the head tells.
  [[nodiscard]] std::size_t told() const {
    const std::string name = "Content-Length: ";
    const std::size_t at = head.find(name);
    return at == head.npos ? 0 : std::stoul(head.substr(at + name.size()));
  }

  std::string ledger() { return HttpClient(running.url).get("/ledger?totals=1").body; }
};

}  // namespace

TEST_CASE("a fault is KIND[:COUNT][@ACTION], and anything else is refused") {
  const auto plain = vodsim::parse_fault("reset-before");
  REQUIRE(plain);
  CHECK(plain->kind == Fault::Kind::reset_before);
  CHECK(plain->count == 1);
  CHECK(plain->action.empty());
  const auto full = vodsim::parse_fault("503:7@ConfirmEvents");
  REQUIRE(full);
  CHECK(full->kind == Fault::Kind::status);
  CHECK(full->status == 503);
  CHECK(full->count == 7);
  CHECK(full->action == "ConfirmEvents");
  for (const char* wrong :
       {"", "NNN", "rest", "200", "600", "503:", "503:0", "503:x", "html@", ":1"})
    CHECK_FALSE(vodsim::parse_fault(wrong));
}

TEST_CASE("the faults come in their order, each to the action it is meant for, and then end") {
  vodsim::Faults faults({*vodsim::parse_fault("none"), *vodsim::parse_fault("silent@ConfirmEvents"),
                         *vodsim::parse_fault("html:2")});
  CHECK_FALSE(faults.next("PullEvents"));
  CHECK(faults.next("PullEvents")->kind == Fault::Kind::html);
  CHECK(faults.next("ConfirmEvents")->kind == Fault::Kind::silent);
  CHECK(faults.next("ConfirmEvents")->kind == Fault::Kind::html);
  CHECK_FALSE(faults.next("PullEvents"));
  CHECK_FALSE(faults.next("ConfirmEvents"));
}

TEST_CASE("a connection is reset before, within and after the reply") {
  Pulled before("reset-before");
  CHECK(before.rest.end == HttpEnd::reset);
  CHECK(before.rest.bytes.empty());
  CHECK_THAT(before.ledger(), Contains("\"delivered\":0,") && Contains("\"requests\":1,"));
  Pulled within("reset-within");
  CHECK(within.rest.end == HttpEnd::reset);
  CHECK(within.body.size() == within.told() / 2);
  CHECK(within.told() > 500);
  CHECK_THAT(within.ledger(), Contains("\"delivered\":1,") && Contains("\"faults\":1"));
  Pulled after("reset-after");
  CHECK(after.rest.end == HttpEnd::reset);
  CHECK(after.body.size() == after.told());
}

TEST_CASE("a length is told that the body does not have") {
  const Pulled too_short("too-short");
  CHECK(too_short.rest.end == HttpEnd::closed);
  CHECK(too_short.body.size() + 100 == too_short.told());
  CHECK(too_short.body.ends_with("\"}}"));
  const Pulled truncated("truncated");
  CHECK(truncated.rest.end == HttpEnd::open);
  CHECK(truncated.body.size() == truncated.told());
  CHECK_FALSE(truncated.body.ends_with("\"}}"));
}

TEST_CASE("a server is silent, stalls or drips") {
  Pulled silent("silent");
  CHECK(silent.rest.end == HttpEnd::open);
  CHECK(silent.rest.bytes.empty());
  CHECK_THAT(silent.ledger(), Contains("\"delivered\":0,"));
  const Pulled stall("stall");
  CHECK(stall.rest.end == HttpEnd::open);
  CHECK(stall.body.size() == stall.told() / 2);
  Pulled drip("drip");
  CHECK(drip.rest.end == HttpEnd::open);
  CHECK(drip.body == "{");
  CHECK(drip.client.receive_rest(1200ms).bytes.starts_with("\"R"));
}

TEST_CASE("a kept connection is closed after the reply, or answers no more") {
  Pulled closed("close-after");
  CHECK(closed.rest.end == HttpEnd::closed);
  CHECK(closed.body.size() == closed.told());
  CHECK_THAT(closed.head, !Contains("Connection: close"));
  Pulled half_open("half-open");
  CHECK(half_open.rest.end == HttpEnd::open);
  CHECK(half_open.body.size() == half_open.told());
  CHECK(Pulled::ask(half_open.client).bytes.empty());
  HttpClient other(half_open.running.url);
  CHECK(call(other, "DescribeEventsState").status == 200);
}

TEST_CASE("a body is huge, packed, nested or a web page") {
  const Pulled huge("huge");
  CHECK(huge.rest.bytes.size() > 100'000'000);
  CHECK(huge.told() == 0);
  const Pulled nested("nested");
  CHECK(nested.body.size() == nested.told());
  CHECK_THAT(nested.body, Contains(std::string(100'000, '[')));
  const Pulled page("html");
  CHECK_THAT(page.head, Contains("200 OK") && Contains("text/html"));
  const Pulled bomb("bomb");
  CHECK_THAT(bomb.head, Contains("Content-Encoding: gzip"));
  CHECK(bomb.body.size() < 700'000);
  const support::TempFolder folder;
  support::Process unpack(
      {"sh", "-c", "gzip -dc 2>/dev/null < \"$0\" | wc -c", folder.write("bomb.gz", bomb.body)});
  CHECK(unpack.wait(20s) == 0);
  CHECK(std::stoul(unpack.out()) > 99'000'000);
}

TEST_CASE("a status comes with the headers that were asked for, and then all is well") {
  Pulled moved("302:1", {"--fault-header", "Location: http://127.0.0.1:9/", "--fault-header",
                         "Retry-After: 7"});
  CHECK_THAT(moved.head, Contains("HTTP/1.1 302") && Contains("Location: http://127.0.0.1:9/") &&
                             Contains("Retry-After: 7"));
  const vodsim::HttpReply next = call(moved.client, "PullEvents");
  CHECK(next.status == 200);
  CHECK_THAT(next.head, !Contains("Location"));
}

TEST_CASE("it ends at once on a signal while replies are spoilt") {
  const char* fault = GENERATE("silent", "stall", "drip", "half-open");
  CAPTURE(fault);
  Pulled pulled(fault);
  vodsim::send(pulled.client, "PullEvents");
  pulled.running.process.signal(SIGTERM);
  CHECK(pulled.running.process.wait(20s) == 0);
}

TEST_CASE("a queue that is drained ends the program although a silent request is open") {
  Running running({"--generate", "1", "--fault", "none:2", "--fault", "silent",
                   "--exit-when-drained", "--hold-s", "20", "--lose", "confirm"});
  HttpClient silent(running.url), client(running.url);
  const std::string pulled = call(client, "PullEvents").body;
  call(client, "DescribeEventsState");
  vodsim::send(silent, "PullEvents");
  while (client.get("/ledger?totals=1").body.find("\"faults\":1") == std::string::npos) {
  }
  const std::string name = "\"EventHandle\":\"";
  const std::size_t at = pulled.find(name) + name.size();
  call(client, "ConfirmEvents",
       "{\"EventHandles\":[\"" + pulled.substr(at, pulled.find('"', at) - at) + "\"]}");
  CHECK(running.process.wait(20s) == 0);
}
