// What goes over the wire and how the reply is read.
#include "fetch.h"
#include "support/loopback_server.h"
#include "support/process.h"

#include <atomic>
#include <map>
#include <string>

using http::Fault;
using support::http_reply;
using support::LoopbackServer;
using support::Then;

namespace {

support::Reply echo_body(const std::string& request) {
  return {http_reply(200, request.substr(request.find("\r\n\r\n") + 4))};
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != text.npos;
}

std::string gzip(const std::string& command) {
  support::Process process({"sh", "-c", command + " | gzip -9"});
  REQUIRE(process.wait(std::chrono::seconds(20)) == 0);
  return process.out();
}

// The reply to one GET, when the server adds these header lines.
http::Response with_headers(std::string_view lines) {
  LoopbackServer server([=](auto&) { return support::Reply{http_reply(200, "{}", lines)}; });
  return Client().get(server.url());
}

}  // namespace

TEST_CASE("a request is sent with the headers and the body it was given, and nothing unsigned") {
  LoopbackServer server(echo_body);
  Client client({.user_agent = "vodeventd/test"});
  // With a NUL in it, and of the size from which curl would ask for leave to send (Expect).
  const std::string body = std::string("{\"a\":\"\0\"}", 9) + std::string(1'500'000, 'x');
  const http::Response reply =
      client.fetch({.url = server.url("/path?query=1"),
                    .headers = {"Host: vod.tencentcloudapi.com", "Content-Type: application/json",
                                "X-TC-Action: PullEvents"},
                    .body = body});
  REQUIRE(reply.fault == Fault::none);
  CHECK(reply.status == 200);
  CHECK(reply.body == body);
  const std::string sent = server.requests().at(0);
  CHECK(sent.starts_with("POST /path?query=1 HTTP/1.1\r\n"));
  CHECK(contains(sent, "\r\nHost: vod.tencentcloudapi.com\r\n"));
  CHECK(contains(sent, "\r\nContent-Type: application/json\r\n"));
  CHECK(contains(sent, "\r\nX-TC-Action: PullEvents\r\n"));
  CHECK(contains(sent, "\r\nUser-Agent: vodeventd/test\r\n"));
  CHECK(contains(sent, "\r\nAccept-Encoding: gzip\r\n"));
  CHECK_FALSE(contains(sent, "form-urlencoded"));
  CHECK_FALSE(contains(sent, "Expect:"));
}

TEST_CASE("no content type is invented, and an empty body is sent by GET") {
  LoopbackServer server(echo_body);
  Client client;
  CHECK(client.fetch({.url = server.url(), .body = "x"}).body == "x");
  CHECK(client.get(server.url()).body.empty());
  const auto requests = server.requests();
  CHECK(requests.at(0).starts_with("POST / "));
  CHECK(requests.at(1).starts_with("GET / "));
  CHECK_FALSE(contains(requests[0] + requests[1], "Content-Type"));
}

TEST_CASE("requests one after the other share a connection") {
  LoopbackServer server(echo_body);
  Client client;
  for (int i = 0; i < 20; ++i) {
    const std::string body = "request " + std::to_string(i);
    CHECK(client.fetch({.url = server.url(), .body = body}).body == body);
  }
  CHECK(server.connections() == 1);
  CHECK(client.transport.handshakes() == 1);
}

TEST_CASE("a kept connection that the server closed is replaced unnoticed") {
  LoopbackServer server([](auto&) { return support::Reply{http_reply(200, "{}"), Then::close}; });
  Client client;
  for (int i = 0; i < 3; ++i) CHECK(client.get(server.url()).fault == Fault::none);
  CHECK(server.connections() == 3);
  CHECK(client.transport.handshakes() == 3);
}

TEST_CASE("a request that went out again on a new connection says so") {
  std::atomic<int> requests = 0;
  LoopbackServer server([&](auto&) {
    const bool dies = ++requests == 2;
    return support::Reply{dies ? "" : http_reply(200, "{}"), dies ? Then::close : Then::keep};
  });
  Client client;
  CHECK_FALSE(client.get(server.url()).repeated);
  const http::Response again = client.get(server.url());
  CHECK(again.fault == Fault::none);
  CHECK(again.repeated);
  CHECK_FALSE(client.get(server.url()).repeated);
  CHECK(requests == 4);
}

TEST_CASE("many requests in flight complete once each, with their own replies") {
  LoopbackServer server(echo_body);
  Client client;
  std::map<http::Transfer, std::string> expected;
  for (int i = 0; i < 16; ++i) {
    const std::string body = "body " + std::to_string(i);
    expected[client.transport.start({.url = server.url(), .body = body})] = body;
  }
  CHECK(expected.size() == 16);
  while (!expected.empty()) {
    const auto completed = client.transport.poll(client.in(30));
    REQUIRE_FALSE(completed.empty());
    for (const auto& [transfer, response] : completed) {
      REQUIRE(expected.contains(transfer));
      CHECK(response.body == expected[transfer]);
      expected.erase(transfer);
    }
  }
  CHECK(client.transport.poll(client.clock.now()).empty());
}

TEST_CASE("a redirect is a reply like any other", "[fault-14]") {
  LoopbackServer server([](auto&) {
    return support::Reply{http_reply(302, "", "Location: http://127.0.0.1/elsewhere\r\n")};
  });
  const http::Response reply = Client().get(server.url());
  CHECK(reply.fault == Fault::none);
  CHECK(reply.status == 302);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("a proxy in the environment is ignored", "[fault-18]") {
  LoopbackServer server(echo_body);
  LoopbackServer proxy(echo_body);
  for (const char* name : {"http_proxy", "all_proxy"}) setenv(name, proxy.url().c_str(), 1);
  CHECK(Client().get(server.url()).fault == Fault::none);
  for (const char* name : {"http_proxy", "all_proxy"}) unsetenv(name);
  CHECK(proxy.connections() == 0);
}

TEST_CASE("the headers that matter are read whatever their case and their blanks") {
  const auto reply = with_headers(
      "CONTENT-TYPE:  text/html; charset=utf-8 \r\ndate:Tue, 24 Nov 2026 08:00:00 GMT\r\n"
      "retry-after:\t7\r\nX-Date: nonsense\r\n");
  CHECK(reply.content_type == "text/html; charset=utf-8");
  REQUIRE(reply.date);
  using namespace std::chrono;
  CHECK(*reply.date == sys_days(2026y / November / 24) + 8h);
  CHECK(reply.retry_after == 7s);
}

TEST_CASE("headers that are missing, empty or nonsense are absent") {
  const char* lines = GENERATE("", "Date:\r\nRetry-After:\r\nContent-Type:\r\n",
                               "Date: yesterday, perhaps\r\nRetry-After: soon\r\n");
  const auto reply = with_headers(lines);
  CHECK(reply.fault == Fault::none);
  CHECK(reply.content_type.empty());
  CHECK_FALSE(reply.date);
  CHECK_FALSE(reply.retry_after);
}

TEST_CASE("Retry-After is clamped to a minute, and a date counts from the server's clock",
          "[fault-15]") {
  using Case = std::pair<const char*, int>;
  const auto [value, expected_s] =
      GENERATE(Case{"0", 0}, Case{"59", 59}, Case{"60", 60}, Case{"61", 60},
               Case{"99999999999999999999999999", 60}, Case{"Thu, 01 Jan 2015 00:00:25 GMT", 25},
               Case{"Thu, 01 Jan 2015 01:00:00 GMT", 60}, Case{"Wed, 31 Dec 2014 23:00:00 GMT", 0});
  CAPTURE(value);
  const auto reply = with_headers(
      "Date: Thu, 01 Jan 2015 00:00:00 GMT\r\nRetry-After: " + std::string(value) + "\r\n");
  CHECK(reply.retry_after == std::chrono::seconds(expected_s));
}

TEST_CASE("the headers of an interim reply do not count") {
  LoopbackServer server([](auto&) {
    return support::Reply{
        "HTTP/1.1 103 Early Hints\r\nRetry-After: 9\r\nContent-Type: a/b\r\n\r\n" +
        http_reply(200, "{}")};
  });
  const http::Response reply = Client().get(server.url());
  CHECK(reply.status == 200);
  CHECK(reply.content_type.empty());
  CHECK_FALSE(reply.retry_after);
}

TEST_CASE("nothing of one reply is left in the next on the same handle") {
  std::atomic<int> count = 0;
  LoopbackServer server([&](auto&) {
    return support::Reply{++count == 1 ? http_reply(200, "first",
                                                    "Retry-After: 9\r\n"
                                                    "Content-Type: a/b\r\n")
                                       : http_reply(200, "")};
  });
  Client client;
  CHECK(client.get(server.url()).body == "first");
  const http::Response second = client.get(server.url());
  CHECK(second.body.empty());
  CHECK(second.content_type.empty());
  CHECK_FALSE(second.retry_after);
}

TEST_CASE("nothing of one request is left in the next on the same handle") {
  LoopbackServer server(echo_body);
  Client client({.user_agent = ""});
  CHECK(client.fetch({.url = server.url(), .headers = {"X-TC-Token: once"}, .body = "b"}).status ==
        200);
  CHECK(client.get(server.url()).status == 200);
  const auto requests = server.requests();
  CHECK(contains(requests.at(0), "X-TC-Token: once"));
  CHECK_FALSE(contains(requests.at(1), "X-TC-Token"));
}

TEST_CASE("the first byte lies between the start and the completion") {
  LoopbackServer server(echo_body);
  Client client;
  const base::Instant before = client.clock.now();
  const http::Response reply = client.get(server.url());
  CHECK(before <= reply.started);
  CHECK(reply.started < reply.first_byte);
  CHECK(reply.first_byte <= client.clock.now());
}

TEST_CASE("a body of exactly the cap is taken, one byte more is not", "[fault-7]") {
  const bool announced = GENERATE(true, false);
  const std::size_t excess = GENERATE(0U, 1U);
  CAPTURE(announced, excess);
  LoopbackServer server([=](auto&) -> support::Reply {
    const std::string body(1000 + excess, 'x');
    if (announced) return {http_reply(200, body)};
    return {"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body, Then::close};
  });
  const http::Response reply = Client({.body_bytes_max = 1000}).get(server.url());
  CHECK(reply.fault == (excess == 0 ? Fault::none : Fault::too_large));
  CHECK(reply.body.size() == (excess == 0 ? 1000 : 0));
}

TEST_CASE("an announced length beyond the cap ends a transfer before its body", "[fault-7]") {
  LoopbackServer server(
      [](auto&) { return support::Reply{"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n"}; });
  CHECK(Client({.body_bytes_max = 1000}).get(server.url()).fault == Fault::too_large);
}

TEST_CASE("gzip is decoded, and the cap holds for what comes out of it", "[fault-7]") {
  const std::string packed = gzip("head -c 3000000 /dev/zero");
  REQUIRE(packed.size() < 5000);
  LoopbackServer server(
      [=](auto&) { return support::Reply{http_reply(200, packed, "Content-Encoding: gzip\r\n")}; });
  SECTION("within the cap") {
    const auto reply = Client({.body_bytes_max = 3'000'000}).get(server.url());
    CHECK(reply.fault == Fault::none);
    CHECK(reply.body == std::string(3'000'000, '\0'));
  }
  SECTION("a bomb") {
    const auto reply = Client({.body_bytes_max = 2'999'999}).get(server.url());
    CHECK(reply.fault == Fault::too_large);
    CHECK(reply.body.empty());
    CHECK(contains(reply.detail, "2999999"));
  }
}

TEST_CASE("a transport that met a fault serves the next request") {
  std::atomic<int> count = 0;
  LoopbackServer server([&](auto&) {
    return support::Reply{http_reply(200, std::string(++count == 1 ? 5000 : 10, 'x'))};
  });
  Client client({.body_bytes_max = 1000});
  CHECK(client.get(server.url()).fault == Fault::too_large);
  const http::Response reply = client.get(server.url());
  CHECK(reply.fault == Fault::none);
  CHECK(reply.detail.empty());
  CHECK(reply.body == "xxxxxxxxxx");
}
