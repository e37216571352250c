#include "httpd/server.h"

#include "httpd/client.h"

#include <catch2/catch.hpp>
#include <list>
#include <stdexcept>
#include <vector>

namespace {

using namespace std::chrono_literals;
using Catch::Contains;
using httpd_test::Client;
using httpd_test::read_all;
using httpd_test::settle;

const std::string page(300'000, 'x');
const httpd::Limits limits;

struct Fixture {
  support::FakeClock clock;
  httpd::Listener listener{"127.0.0.1:0"};
  int handled = 0;
  httpd::Server server{listener.descriptor(), clock, [this](const httpd::Request& request) {
                         ++handled;
                         return answer(request);
                       }};

  static httpd::Response answer(const httpd::Request& request) {
    if (request.path == "/throw") throw std::runtime_error("thrown");
    if (request.path == "/page") return {.body = page};
    if (request.method != "GET" && request.method != "HEAD")
      return {.status = 405, .body = "no\n", .allow = "GET, HEAD"};
    return {.body = std::string(request.method) + ' ' + std::string(request.path) + '\n'};
  }
  Client client() { return Client(listener.address()); }
  std::string ask(const std::string& request) {
    const Client asking = client();
    asking.send(request);
    return read_all(server, asking);
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a GET is handled and answered, and the connection is over") {
  const std::string reply = ask("GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK_THAT(reply, Catch::StartsWith("HTTP/1.1 200 OK\r\n") && Contains("Connection: close") &&
                        Contains("Content-Type: text/plain; charset=utf-8\r\n") &&
                        Catch::EndsWith("\r\n\r\nGET /a\n"));
  settle(server);
  CHECK(server.connections() == 0);
}

TEST_CASE_METHOD(Fixture, "a HEAD is answered without a body") {
  const std::string reply = ask("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK_THAT(reply, Contains("Content-Length: 7\r\n") && Catch::EndsWith("\r\n\r\n"));
}

TEST_CASE_METHOD(Fixture, "a body is not read, and the refusal says what is taken") {
  const Client posting = client();
  posting.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n0123456789");
  const std::string reply = read_all(server, posting);
  CHECK_THAT(reply, Catch::StartsWith("HTTP/1.1 405 ") && Contains("Allow: GET, HEAD\r\n"));
}

TEST_CASE_METHOD(Fixture,
                 "a page larger than any buffer arrives whole, and one connection serves one "
                 "request") {
  const std::string reply =
      ask("GET /page HTTP/1.1\r\nHost: x\r\n\r\nGET /page HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(reply.ends_with("\r\n\r\n" + page));
  CHECK(handled == 1);
}

TEST_CASE_METHOD(Fixture, "what is no HTTP, or has too long a head, is refused unheard") {
  CHECK_THAT(ask("\x16\x03\x01 nonsense\r\n\r\n"), Contains("HTTP/1.1 400 "));
  const std::string head(2 * limits.head_bytes_max, 'a');
  CHECK_THAT(ask("GET / HTTP/1.1\r\nHost: x\r\nX: " + head + "\r\n\r\n"),
             Contains("HTTP/1.1 431 "));
  CHECK_THAT(ask("GET /" + head + " HTTP/1.1\r\nHost: x\r\n\r\n"), Contains("HTTP/1.1 414 "));
  CHECK(handled == 0);
  CHECK_THAT(ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), Contains("200 OK"));
}

TEST_CASE_METHOD(Fixture,
                 "a hundred silent connections leave it answering, and only so many stay") {
  std::vector<Client> silent;
  for (int i = 0; i < 100; ++i) {
    silent.push_back(client());
    if (i % 2 == 0) silent.back().send("GET / HT");
    if (i % 10 == 9) settle(server);
  }
  CHECK_THAT(ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), Contains("200 OK"));
  settle(server);
  CHECK(server.connections() <= limits.connections_max);
  CHECK(read_all(server, silent.front()).empty());  // the oldest had to go
}

TEST_CASE_METHOD(Fixture, "connections that come all at once leave it answering too") {
  std::vector<Client> silent;
  for (int i = 0; i < 60; ++i) silent.push_back(client());
  settle(server);
  for (int i = 0; i < 60; ++i) silent.push_back(client());
  CHECK_THAT(ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), Contains("200 OK"));
}

TEST_CASE_METHOD(Fixture, "a client that sends a byte now and then is cut when its time is over") {
  const Client slow = client();
  for (const char byte : std::string("GET / HTTP")) {
    slow.send({&byte, 1});
    settle(server);
    clock.advance(1s);
  }
  CHECK(server.connections() == 1);
  clock.advance(100ms);
  server.run();
  CHECK(read_all(server, slow).empty());
  settle(server);
  CHECK(server.connections() == 0);
}

TEST_CASE_METHOD(Fixture, "a client that does not read its answer is cut when its time is over") {
  std::list<Client> deaf;
  for (int i = 0; i < 10; ++i)
    deaf.emplace_back(client()).send("GET /page HTTP/1.1\r\nHost: x\r\n\r\n");
  settle(server);
  CHECK(handled == 10);
  CHECK_THAT(ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), Contains("200 OK"));
  clock.advance(limits.lifetime + 1ms);
  server.run();
  settle(server);
  CHECK(server.connections() == 0);
}

TEST_CASE_METHOD(Fixture, "a client that goes away is forgotten") {
  {
    const Client short_lived = client();
    short_lived.send("GET / HT");
    settle(server);
    CHECK(server.connections() == 1);
  }
  settle(server);
  CHECK(server.connections() == 0);
}

TEST_CASE_METHOD(Fixture, "what the handler throws comes out of run, and the next is served") {
  const Client asking = client();
  asking.send("GET /throw HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK_THROWS_WITH(read_all(server, asking), "thrown");
  CHECK_THAT(ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), Contains("200 OK"));
}

TEST_CASE_METHOD(Fixture, "while nothing happens its descriptor stays silent") {
  const Client silent = client();
  settle(server);
  pollfd ready{server.descriptor(), POLLIN, 0};
  CHECK(poll(&ready, 1, 300) == 0);
}
