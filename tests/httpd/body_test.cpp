// Bodies: which are taken, how much of them, and what becomes of those that end early.
#include "httpd/client.h"
#include "httpd/server.h"

#include <catch2/catch.hpp>
#include <cstdio>
#include <list>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using Catch::Contains;
using httpd_test::Client;
using httpd_test::read_all;

constexpr httpd::Limits limits{
    .connections_max = 8, .body_bytes_max = 100'000, .bodies_bytes_max = 250'000};

struct Taken {
  httpd::Server::Ticket ticket;
  std::string path, kind;
  std::optional<std::string> body;
};

struct Fixture {
  support::FakeClock clock;
  httpd::Listener listener{"127.0.0.1:0"};
  std::vector<Taken> taken;
  int heads = 0;
  httpd::Server server{listener.descriptor(), clock,
                       [this](const httpd::Request& request) -> std::optional<httpd::Response> {
                         ++heads;
                         const int status =
                             httpd::objection_to_body(request, limits.body_bytes_max);
                         if (status != 0) return httpd::Response{.status = status};
                         return std::nullopt;
                       },
                       limits,
                       [this](httpd::Server::Ticket ticket, const httpd::Request& request,
                              std::optional<std::string> body) {
                         if (request.path == "/throw") throw std::runtime_error("thrown");
                         taken.push_back({ticket, std::string(request.path),
                                          std::string(request.argument("kind")), std::move(body)});
                       }};

  Client client() { return Client(listener.address()); }

  // Answers what was taken since the last time, with its place in the order.
  void answer_all() {
    for (; answered_ < taken.size(); ++answered_)
      server.answer(taken[answered_].ticket, {.body = "taken " + std::to_string(answered_ + 1)});
  }
  std::string reply_to(const Client& asking) {
    settle();
    answer_all();
    return read_all(server, asking);
  }
  std::string post(const std::string& headers, const std::string& body,
                   const std::string& version = "1.1") {
    const Client asking = client();
    asking.send("POST / HTTP/" + version + "\r\nHost: x\r\n" + headers + "\r\n" + body);
    return reply_to(asking);
  }
  std::string post(const std::string& body) {
    return post("Content-Length: " + std::to_string(body.size()) + "\r\n", body);
  }
  // Until nothing comes any more, or something waits for its answer.
  void settle() {
    const auto waits = [this] { return answered_ < taken.size(); };
    pollfd ready{server.descriptor(), POLLIN, 0};
    while (!waits() && poll(&ready, 1, 50) == 1) server.run();
  }

 private:
  std::size_t answered_ = 0;
};

std::string chunked(const std::string& part, int count) {
  char size[16];
  snprintf(size, sizeof size, "%zx\r\n", part.size());
  std::string text;
  for (int i = 0; i < count; ++i) text += size + part + "\r\n";
  return text + "0\r\n\r\n";
}

const std::string chunks = "Transfer-Encoding: chunked\r\n";

}  // namespace

TEST_CASE_METHOD(Fixture, "a body is taken whole, and the answer is sent when it is known") {
  const Client asking = client();
  asking.send("POST /a?kind=b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhel");
  settle();
  CHECK(taken.empty());
  asking.send("lo");
  settle();
  REQUIRE(taken.size() == 1);
  CHECK(taken[0].path == "/a");
  CHECK(taken[0].kind == "b");
  CHECK(taken[0].body == "hello");
  pollfd answer{asking.descriptor(), POLLIN, 0};
  server.run();
  CHECK(poll(&answer, 1, 0) == 0);
  answer_all();
  CHECK_THAT(read_all(server, asking), Catch::StartsWith("HTTP/1.1 200 OK\r\n") &&
                                           Contains("Connection: close") &&
                                           Catch::EndsWith("\r\n\r\ntaken 1"));
  settle();
  CHECK(server.connections() == 0);
  CHECK(taken.size() == 1);
}

TEST_CASE_METHOD(Fixture, "a body of the longest length is taken, one byte more is not") {
  CHECK_THAT(post(std::string(limits.body_bytes_max, 'x')), Contains("200 OK"));
  CHECK(taken.at(0).body->size() == limits.body_bytes_max);
  CHECK_THAT(post(std::string(limits.body_bytes_max + 1, 'x')), Contains("HTTP/1.1 413 "));
  CHECK(taken.size() == 1);
}

TEST_CASE_METHOD(Fixture, "a body in chunks is taken, and one that gets too long is told so") {
  const std::string part(1000, 'x');
  CHECK_THAT(post(chunks, chunked(part, 100)), Contains("200 OK"));
  CHECK(taken.at(0).body->size() == 100'000);
  CHECK_THAT(post(chunks, chunked(part, 101)), Contains("200 OK"));  // as the taker would have it
  CHECK_FALSE(taken.at(1).body);
}

TEST_CASE_METHOD(Fixture, "chunks without end are cut") {
  const Client endless = client();
  const std::string part = "2710\r\n" + std::string(10'000, 'x') + "\r\n";
  endless.send("POST / HTTP/1.1\r\nHost: x\r\n" + chunks + "\r\n");
  int sent = 0;
  for (; sent < 30; ++sent) {
    settle();
    if (send(endless.descriptor(), part.data(), part.size(), MSG_NOSIGNAL) < 0) break;
  }
  CHECK(sent >= 20);
  CHECK(sent < 30);
  CHECK(taken.empty());
}

TEST_CASE_METHOD(Fixture, "each way to say how long a body is, or not, has its answer") {
  CHECK_THAT(post("", ""), Contains("HTTP/1.1 411 "));
  CHECK_THAT(post("Content-Length: 0\r\n", ""), Contains("200 OK"));
  CHECK(taken.at(0).body == "");
  for (const char* length : {"abc", "-1", "1x", "", "0x10"}) {
    CAPTURE(length);
    CHECK_THAT(post("Content-Length: " + std::string(length) + "\r\n", "12345"),
               Catch::StartsWith("HTTP/1.1 400 "));
  }
  CHECK_THAT(post("Content-Length: 99999999999999999999999\r\n", "12345"),
             Catch::StartsWith("HTTP/1.1 413 "));
  CHECK_THAT(post("Content-Length: 18446744073709551615\r\n", "12345"), Contains("HTTP/1.1 413 "));
  CHECK_THAT(post("Content-Length: 5\r\n" + chunks, "12345"), Contains("HTTP/1.1 400 "));
  CHECK_THAT(post("Transfer-Encoding: gzip, chunked\r\n", "12345"), Contains("HTTP/1.1 501 "));
  CHECK_THAT(post("Transfer-Encoding: identity\r\n", "12345"), Contains("HTTP/1.1 501 "));
  CHECK(taken.size() == 1);
}

TEST_CASE_METHOD(Fixture, "an encoded body is refused before it is read") {
  for (const char* coding : {"gzip", "deflate", "br", "GZIP"})
    CHECK_THAT(post("Content-Encoding: " + std::string(coding) + "\r\nContent-Length: 5\r\n", ""),
               Contains("HTTP/1.1 415 "));
  CHECK_THAT(post("Content-Encoding: identity\r\nContent-Length: 2\r\n", "{}"), Contains("200 OK"));
  CHECK(taken.size() == 1);
}

TEST_CASE_METHOD(Fixture, "broken chunks are refused") {
  for (const char* body :
       {"xyz\r\n", "-1\r\nx\r\n0\r\n\r\n", "2\r\nabcdef\r\n0\r\n\r\n", "fffffffffffffffff\r\n"}) {
    CAPTURE(body);
    CHECK_THAT(post(chunks, body), Contains("HTTP/1.1 4"));
  }
  CHECK(taken.empty());
}

TEST_CASE_METHOD(Fixture, "who asks first whether to go on is told so, or refused") {
  const Client asking = client();
  asking.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  settle();
  char buffer[64] = {};
  REQUIRE(recv(asking.descriptor(), buffer, sizeof buffer - 1, MSG_DONTWAIT) > 0);
  CHECK(std::string(buffer) == "HTTP/1.1 100 Continue\r\n\r\n");
  asking.send("{}");
  CHECK_THAT(reply_to(asking), Contains("200 OK"));
  CHECK_THAT(post("Expect: 100-continue\r\nContent-Length: 1000000\r\n", ""),
             Catch::StartsWith("HTTP/1.1 413 "));
}

TEST_CASE_METHOD(Fixture, "HTTP/1.0 is served") {
  CHECK_THAT(post("Content-Length: 2\r\n", "{}", "1.0"), Contains(" 200 OK\r\n"));
  CHECK(taken.at(0).body == "{}");
}

TEST_CASE_METHOD(Fixture, "what follows a body on the connection is not heard") {
  CHECK_THAT(post("Content-Length: 2\r\n",
                  "{}\x01\x02 rubbish POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\nx"),
             Contains("taken 1"));
  settle();
  CHECK(heads == 1);
  CHECK(server.connections() == 0);
}

TEST_CASE_METHOD(Fixture, "a body that ends early is never taken") {
  for (const char* head : {"Content-Length: 10\r\n", "Transfer-Encoding: chunked\r\n"}) {
    const Client leaving = client();
    leaving.send("POST / HTTP/1.1\r\nHost: x\r\n" + std::string(head) + "\r\n5\r\n01");
    settle();
    shutdown(leaving.descriptor(), SHUT_WR);
    CHECK(read_all(server, leaving).empty());
  }
  settle();
  CHECK(taken.empty());
  CHECK(server.connections() == 0);
}

TEST_CASE_METHOD(Fixture, "a client that says no more after its body is answered") {
  const Client asking = client();
  asking.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}");
  shutdown(asking.descriptor(), SHUT_WR);
  CHECK_THAT(reply_to(asking), Contains("taken 1"));
}

TEST_CASE_METHOD(Fixture, "what a client leaves behind whole is taken, and its answer lost") {
  {
    const Client leaving = client();
    leaving.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}");
  }
  settle();
  CHECK(taken.size() == 1);
  answer_all();
  settle();
  CHECK(server.connections() == 0);
  server.answer(4711, {});  // of nobody
}

TEST_CASE_METHOD(Fixture, "a body of one byte a second is cut when its time is over") {
  const Client slow = client();
  slow.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n");
  for (int i = 0; i < 10; ++i) {
    slow.send("x");
    settle();
    clock.advance(1s);
  }
  CHECK(server.connections() == 1);
  clock.advance(100ms);
  server.run();
  CHECK(read_all(server, slow).empty());
  CHECK(taken.empty());
}

TEST_CASE_METHOD(Fixture, "bodies under way are bounded together: the oldest has to go") {
  std::vector<Client> slow;
  const std::string most(90'000, 'x');
  for (int i = 0; i < 4; ++i) {
    slow.push_back(client());
    slow.back().send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 90001\r\n\r\n" + most);
    settle();
  }
  CHECK(read_all(server, slow[0]).empty());
  CHECK(read_all(server, slow[1]).empty());
  for (int i = 2; i < 4; ++i) {
    slow[static_cast<std::size_t>(i)].send("y");
    CHECK_THAT(reply_to(slow[static_cast<std::size_t>(i)]), Contains("200 OK"));
  }
  CHECK_THAT(post(std::string(100'000, 'z')), Contains("200 OK"));
}

TEST_CASE_METHOD(Fixture, "who waits for an answer is not cut for newcomers") {
  const Client asking = client();
  asking.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}");
  settle();
  REQUIRE(taken.size() == 1);
  std::vector<Client> silent;
  for (int i = 0; i < 20; ++i) {
    silent.push_back(client());
    server.run();
  }
  CHECK_THAT(reply_to(asking), Contains("taken 1"));
}

TEST_CASE_METHOD(Fixture, "many that come at once are all taken before the first is answered") {
  std::list<Client> all;
  for (std::size_t i = 0; i < limits.connections_max; ++i)
    all.emplace_back(client()).send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}");
  settle();
  CHECK(taken.size() == limits.connections_max);
  answer_all();
  for (const Client& each : all) CHECK_THAT(read_all(server, each), Contains("200 OK"));
}

TEST_CASE_METHOD(Fixture, "a body that lies ready is read on without being told of") {
  const Client asking = client();
  asking.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" +
              std::string(100'000, 'x'));
  for (int i = 0; i < 100 && taken.empty(); ++i) {
    pollfd ready{server.descriptor(), POLLIN, 0};
    REQUIRE(poll(&ready, 1, 0) == 1);
    server.run();
  }
  CHECK(taken.size() == 1);
}

TEST_CASE_METHOD(Fixture, "while nothing happens it stays silent, after a body as before") {
  CHECK_THAT(post("{}"), Contains("200 OK"));
  const Client silent = client();
  silent.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{");
  settle();
  pollfd ready{server.descriptor(), POLLIN, 0};
  CHECK(poll(&ready, 1, 300) == 0);
}

TEST_CASE_METHOD(Fixture, "what the taker throws comes out of run, and the next is served") {
  const Client asking = client();
  asking.send("POST /throw HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}");
  CHECK_THROWS_WITH(read_all(server, asking), "thrown");
  CHECK_THAT(post("{}"), Contains("200 OK"));
}

TEST_CASE_METHOD(Fixture, "behind a closed door those who are in are served, nobody else comes") {
  const Client asking = client();
  asking.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{");
  settle();
  server.close_door();
  const Client late = client();
  late.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}");
  asking.send("}");
  CHECK_THAT(reply_to(asking), Contains("taken 1"));
  settle();
  CHECK(server.connections() == 0);
  httpd::Server next(
      listener.descriptor(), clock, [](const httpd::Request&) { return std::nullopt; }, limits,
      [&](httpd::Server::Ticket ticket, const httpd::Request&, std::optional<std::string>) {
        next.answer(ticket, {.body = "by the next"});
      });
  CHECK_THAT(read_all(next, late), Contains("by the next"));
}

TEST_CASE_METHOD(Fixture, "a request that waits for its answer does not outlive the server") {
  const Client asking = client();
  {
    httpd::Server other(
        listener.descriptor(), clock, [](const httpd::Request&) { return std::nullopt; }, limits,
        [&](httpd::Server::Ticket, const httpd::Request&, std::optional<std::string>) { ++heads; });
    asking.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}");
    while (heads == 0) other.run();
  }
  char buffer[16];
  CHECK(recv(asking.descriptor(), buffer, sizeof buffer, 0) <= 0);
}
