// What the network does to us, and how waiting ends.
#include "fetch.h"
#include "support/loopback_server.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <string>

using http::Fault;
using support::http_reply;
using support::LoopbackServer;
using support::Then;
using namespace std::chrono_literals;

namespace {

support::Reply silence(const std::string&) { return {}; }

http::Request impatient(std::string url) { return {.url = std::move(url), .timeout = 300ms}; }

// A port of 127.0.0.1 on which nobody listens: bound, so that nobody else takes it.
struct DeadPort {
  DeadPort() : socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(socket.get(), generic, size) == 0);
    REQUIRE(::getsockname(socket.get(), generic, &size) == 0);
    url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/";
  }
  support::Descriptor socket;
  std::string url;
};

}  // namespace

TEST_CASE("a reply that is cut short is interrupted and gives no body", "[fault-4]") {
  const std::string announced = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n";
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const auto [bytes, then] = GENERATE_COPY(table<std::string, Then>({
      {announced + "{\"Response\":", Then::reset},
      {announced + "{\"Response\":", Then::close},
      {chunked + "5\r\nhello\r\n", Then::close},
      {chunked + "5\r\nhel", Then::reset},
      {"HTTP/1.1 200 OK\r\nContent-Le", Then::reset},
      {"", Then::close},
      {"", Then::reset},
  }));
  CAPTURE(bytes, then == Then::reset);
  LoopbackServer server([answer = support::Reply{bytes, then}](auto&) { return answer; });
  const http::Response reply = Client().get(server.url());
  CHECK(reply.fault == Fault::interrupted);
  CHECK(reply.body.empty());
  CHECK(reply.status == 0);
  CHECK_FALSE(reply.detail.empty());
}

TEST_CASE("a reply that is not HTTP, or not the encoding it claims, is a fault of its own") {
  const std::string bytes =
      GENERATE(std::string("SSH-2.0-OpenSSH_9.2\r\n\r\n"), std::string("HTTP/1.1 banana\r\n\r\n"),
               http_reply(200, "this is not gzip", "Content-Encoding: gzip\r\n"));
  CAPTURE(bytes);
  LoopbackServer server([&](auto&) { return support::Reply{bytes, Then::close}; });
  const http::Response reply = Client().get(server.url());
  CHECK(reply.fault == Fault::other);
  CHECK(reply.body.empty());
}

TEST_CASE("a server that says nothing is cut by the request's timeout", "[fault-6]") {
  LoopbackServer server(silence);
  Client client;
  const http::Response reply = client.fetch(impatient(server.url()));
  CHECK(reply.fault == Fault::timeout);
  CHECK(reply.first_byte > reply.started);
}

TEST_CASE("a body that drips is cut by the request's timeout", "[fault-5]") {
  LoopbackServer server([](auto&) {
    return support::Reply{http_reply(200, std::string(5000, 'x')), Then::keep, 5ms};
  });
  const http::Response reply = Client().fetch(impatient(server.url()));
  CHECK(reply.fault == Fault::timeout);
  CHECK(reply.body.empty());
}

TEST_CASE("a handshake that is never answered is a fault of connecting", "[fault-3]") {
  LoopbackServer server(silence);
  Client client({.connect_timeout = 300ms});
  CHECK(client.get("https://127.0.0.1:" + std::to_string(server.port())).fault == Fault::connect);
}

TEST_CASE("a connection that is refused is a fault of connecting", "[fault-3]") {
  const DeadPort port;
  const http::Response reply = Client().get(port.url);
  CHECK(reply.fault == Fault::connect);
  CHECK(reply.first_byte >= reply.started);
}

TEST_CASE("a host that does not exist is a fault of resolving", "[fault-1]") {
  CHECK(Client().get("https://does-not-exist.invalid/").fault == Fault::resolve);
}

TEST_CASE("what must not be sent is refused before a socket is opened") {
  const char* url = GENERATE("http://example.com/", "ftp://127.0.0.1/", "file:///etc/hostname",
                             "127.0.0.1", "", "https://", "https://exa mple.com/");
  CAPTURE(url);
  Client client;
  const http::Response reply = client.get(url);
  CHECK(reply.fault == Fault::refused);
  CHECK_FALSE(reply.detail.empty());
  CHECK(client.transport.handshakes() == 0);
}

TEST_CASE("plain http to another host is tried only when the request says so") {
  http::Request request{.url = "http://does-not-exist.invalid/", .plain_http = true};
  CHECK(Client().fetch(request).fault == Fault::resolve);
}

TEST_CASE("a cancelled transfer does not complete, and its handle serves again") {
  LoopbackServer server([](const std::string& request) {
    return request.starts_with("GET /silent") ? support::Reply{}
                                              : support::Reply{http_reply(200, "")};
  });
  Client client;
  const http::Transfer silent = client.transport.start(impatient(server.url("/silent")));
  while (server.requests().empty()) CHECK(client.transport.poll(client.clock.now() + 1ms).empty());
  client.transport.cancel(silent);
  CHECK(client.transport.poll(client.clock.now() + 400ms).empty());
  CHECK(client.get(server.url()).status == 200);
  client.transport.cancel(silent);  // no effect: over
}

TEST_CASE("a refused request can be cancelled before it is told") {
  Client client;
  client.transport.cancel(client.transport.start({.url = "http://example.com/"}));
  CHECK(client.transport.poll(client.clock.now()).empty());
}

TEST_CASE("a transport goes in peace with transfers in flight", "[fault-48]") {
  LoopbackServer server(silence);
  Client client;
  for (int i = 0; i < 3; ++i) client.transport.start({.url = server.url()});
  CHECK(client.transport.poll(client.clock.now()).empty());
}

TEST_CASE("a poll whose time is over works once and does not wait") {
  LoopbackServer server(silence);
  Client client;
  client.transport.start(impatient(server.url()));
  CHECK(client.transport.poll(client.clock.now() - 1h).empty());
  CHECK(client.transport.poll(base::Instant::min()).empty());
  CHECK(client.transport.poll(base::Instant::max()).size() == 1);  // its timeout
}

TEST_CASE("a poll with nothing in flight waits until its time") {
  Client client;
  const base::Instant until = client.clock.now() + 30ms;
  CHECK(client.transport.poll(until).empty());
  CHECK(client.clock.now() >= until);
}

TEST_CASE("a watched descriptor that is readable ends a poll without end") {
  const bool in_flight = GENERATE(true, false);
  CAPTURE(in_flight);
  const support::Descriptor event(::eventfd(1, EFD_CLOEXEC));
  LoopbackServer server(silence);
  Client client({}, {event.get()});
  if (in_flight) client.transport.start({.url = server.url(), .timeout = 1h});
  CHECK(client.transport.poll(base::Instant::max()).empty());
  std::uint64_t value = 0;
  CHECK(::read(event.get(), &value, sizeof value) == sizeof value);
  CHECK(value == 1);  // poll did not read it
}

TEST_CASE("a watched descriptor that hangs up ends a poll without end") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const support::Descriptor reader(ends[0]);
  ::close(ends[1]);
  Client client({}, {reader.get()});
  CHECK(client.transport.poll(base::Instant::max()).empty());
}

TEST_CASE("a watched descriptor that is quiet leaves transfers alone") {
  const support::Descriptor event(::eventfd(0, EFD_CLOEXEC));
  LoopbackServer server([](auto&) { return support::Reply{http_reply(200, "{}")}; });
  Client client({}, {event.get()});
  CHECK(client.get(server.url()).body == "{}");
}

TEST_CASE("what is watched may change while a transfer is in flight") {
  const support::Descriptor first(::eventfd(1, EFD_CLOEXEC)), second(::eventfd(0, EFD_CLOEXEC));
  LoopbackServer server(silence);
  Client client({}, {first.get()});
  client.transport.start(impatient(server.url()));
  client.transport.watch({second.get()});
  CHECK(client.transport.poll(base::Instant::max()).size() == 1);  // its timeout
  REQUIRE(::eventfd_write(second.get(), 1) == 0);
  CHECK(client.transport.poll(base::Instant::max()).empty());
}
