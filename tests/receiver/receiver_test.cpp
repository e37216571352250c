// What becomes of what is sent to the receiver: answers, rows, lines, counts.
#include "receiver/receiver.h"

#include "receiver/fixture.h"
#include "sqlite/database.h"

#include <filesystem>
#include <list>

using namespace receiver_fixture;

TEST_CASE_METHOD(Fixture, "a callback is answered when it is stored") {
  const std::string reply = post(callback("a"));
  CHECK_THAT(reply, Catch::StartsWith("HTTP/1.1 200 OK\r\n") &&
                        Contains("Content-Type: application/json\r\n") &&
                        Catch::EndsWith("\r\n\r\n{\"outcome\":\"stored\"}\n"));
  CHECK(text("SELECT source || ' ' || origin || ' ' || event_type FROM events") ==
        "push 127.0.0.1 FileDeleted");
  CHECK(text("SELECT json FROM payloads") == callback("a"));
  CHECK(rows("unconfirmed") == 0);
  CHECK(receiver->counters().stored == 1);
  CHECK(receiver->answer_s().count() == 1);
  CHECK(logged("stored callbacks events=1 ") == 1);
  CHECK(logged("origin=127.0.0.1") == 1);
}

TEST_CASE_METHOD(Fixture, "what is sent again within ten minutes is one event") {
  CHECK_THAT(post(callback("a", R"(,"Sign":"1","T":1)")), Contains("stored"));
  clock.advance(5s);
  CHECK_THAT(post(callback("a", R"(,"Sign":"2","T":2)")), Contains("redelivered"));
  clock.advance(9min);
  CHECK_THAT(post(callback("a")), Contains("redelivered"));
  clock.advance(10min);
  CHECK_THAT(post(callback("a")), Contains("{\"outcome\":\"stored\"}"));
  CHECK(text("SELECT group_concat(pull_count) FROM events") == "3,1");
  const std::string handle = R"(,"EventHandle":"h","Sign":")";  // the mark is of the delivery
  CHECK_THAT(post(callback("b", handle + R"(1","T":1)")), Contains("{\"outcome\":\"stored\"}"));
  CHECK_THAT(post(callback("b", handle + R"(2","T":2)")), Contains("redelivered"));
  CHECK(receiver->counters().stored == 3);
  CHECK(receiver->counters().redelivered == 3);
}

TEST_CASE_METHOD(Fixture, "callbacks that come together share one transaction") {
  std::list<Client> all;
  for (int i = 0; i < 20; ++i)
    all.emplace_back(client()).send(request(callback(std::to_string(i))));
  for (const Client& each : all) CHECK_THAT(read_all(each), Contains("200 OK"));
  CHECK(rows() == 20);
  CHECK(logged("stored callbacks") < 20);
}

TEST_CASE_METHOD(Fixture, "only the path is there, and only for POST") {
  for (const char* target : {"/x", "//", "/?x", "/%2f"}) {
    CAPTURE(target);
    const bool right = std::string_view(target) == "/?x";
    CHECK_THAT(post(callback(target), {}, target), Contains(right ? "200 OK" : "404 Not Found"));
  }
  for (const char* method : {"GET", "HEAD", "PUT", "DELETE", "BREW"}) {
    const std::string reply = ask(std::string(method) + " / HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK_THAT(reply, Contains("HTTP/1.1 405 ") && Contains("Allow: POST\r\n"));
  }
  CHECK_THAT(ask("GET /x HTTP/1.1\r\nHost: x\r\n\r\n"), Contains("404 Not Found"));
  CHECK(rows() == 1);
  CHECK(refused(Refusal::path) == 4);
  CHECK(refused(Refusal::method) == 5);
  CHECK(logged("refused what was sent to the receiver") == 1);
}

TEST_CASE_METHOD(Fixture, "a secret path is the only one") {
  receiver->use({.path = "/callbacks/3f1c9e0a77d24b58"});
  CHECK_THAT(post(callback("a")), Contains("404"));
  CHECK_THAT(post(callback("a"), {}, "/callbacks/3f1c9e0a77d24b59"), Contains("404"));
  CHECK_THAT(post(callback("a"), {}, "/callbacks/3f1c9e0a77d24b58"), Contains("200 OK"));
  CHECK(logged("3f1c9e0a") == 0);
  CHECK(rows() == 1);
}

TEST_CASE("a key or a long path guards, a short path does not") {
  using receiver::guarded;
  CHECK_FALSE(guarded({}));
  CHECK_FALSE(guarded({.path = "/vod-callbacks"}));
  CHECK(guarded({.path = "/3f1c9e0a77d24b58"}));
  CHECK(guarded({.sign_key = base::Secret("key")}));
}

TEST_CASE_METHOD(Fixture, "bodies that can't be taken are refused, and not stored") {
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\n";
  CHECK_THAT(ask(head + "\r\n"), Contains("HTTP/1.1 411 "));
  CHECK_THAT(post(""), Contains("HTTP/1.1 400 ") && Contains("an empty body"));
  CHECK_THAT(ask(head + "Transfer-Encoding: gzip\r\n\r\n"), Contains("HTTP/1.1 501 "));
  CHECK_THAT(ask(head + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n"),
             Contains("HTTP/1.1 400 "));
  CHECK_THAT(post(callback("a"), "Content-Encoding: gzip\r\n"), Contains("HTTP/1.1 415 "));
  CHECK(refused(Refusal::framing) == 5);
  CHECK_THAT(ask(head + "Content-Length: 8388609\r\n\r\n"), Contains("HTTP/1.1 413 "));
  CHECK(refused(Refusal::length) == 1);
  CHECK(rows() + rows("quarantine") == 0);
}

TEST_CASE_METHOD(Fixture,
                 "a body as long as is allowed is stored, in chunks too, one byte more not") {
  open({.body_bytes_max = 10'000});
  const std::string frame = callback("");
  const auto body = [&](std::size_t bytes) {
    return callback(std::string(bytes - frame.size(), '1'));
  };
  const auto chunked = [&](const std::string& text) {
    char size[16];
    snprintf(size, sizeof size, "%zx", text.size());
    return ask("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" +
               std::string(size) + "\r\n" + text + "\r\n0\r\n\r\n");
  };
  CHECK_THAT(post(body(10'000)), Contains("200 OK"));
  CHECK_THAT(chunked(body(9'999)), Contains("200 OK"));
  CHECK_THAT(post(body(10'001)), Contains("HTTP/1.1 413 "));
  CHECK_THAT(chunked(body(10'001)), Contains("HTTP/1.1 413 "));
  CHECK(rows() == 2);
  CHECK(refused(Refusal::length) == 2);
  CHECK(logged("refused a callback that is too long; its event is lost") == 1);
  CHECK(logged("body_bytes=10001 body_bytes_max=10000 advice=\"Raise [receiver] body_bytes_max") ==
        1);
}

TEST_CASE_METHOD(Fixture, "what is no event is kept and answered as one") {
  const std::string reply = R"({"Response":{"EventSet":[{"EventHandle":"h","EventType":"X"}]}})";
  const std::vector<std::string> odd = {
      "no json", "[" + callback("a") + "]",     "{}",       "7",
      reply,     callback("a") + callback("b"), "\xff\xfe", "{\"a\":"};
  for (const std::string& body : odd) {
    CAPTURE(body);
    CHECK_THAT(post(body), Contains("200 OK") && Contains("quarantined"));
  }
  CHECK(rows() == 0);
  CHECK(rows("quarantine WHERE source = 'push' AND origin = '127.0.0.1'") ==
        static_cast<std::int64_t>(odd.size()));
  CHECK(number("SELECT count(*) FROM quarantine WHERE raw = CAST('no json' AS BLOB)") == 1);
  CHECK(logged("quarantined a callback reason=") == static_cast<int>(odd.size()));
  CHECK(logged("one event is wanted, and this is: PullEvents reply") == 1);
  CHECK(receiver->counters().quarantined == odd.size());
}

TEST_CASE_METHOD(Fixture, "of what is no event so much is kept, the rest refused") {
  int kept = 0;
  for (int i = 0; i < 30; ++i)
    kept += post("rubbish " + std::to_string(i)).find("200 OK") != std::string::npos;
  CHECK(kept == 16);
  CHECK(rows("quarantine") == 16);
  CHECK(refused(Refusal::no_event) == 14);
  CHECK_THAT(post(callback("a")), Contains("200 OK"));
  clock.advance(1min);
  CHECK_THAT(post("rubbish"), Contains("200 OK"));
  CHECK_THAT(post("more"), Contains("HTTP/1.1 400 "));
}

TEST_CASE_METHOD(Fixture,
                 "while nothing can be stored callers are turned away, and nothing is lost") {
  inbox.hurry();
  sqlite::Database other(path, sqlite::Database::Mode::read_write);
  other.run("BEGIN IMMEDIATE");
  CHECK_THAT(post(callback("a")), Contains("HTTP/1.1 503 ") && Contains("Retry-After: 1\r\n"));
  CHECK(receiver->store_failing());
  CHECK(logged("could not store callbacks") == 1);
  other.run("COMMIT");
  CHECK_THAT(post(callback("a")), Contains("HTTP/1.1 503 "));  // it is not tried again at once
  clock.advance(1s);
  CHECK_THAT(post(callback("a")), Contains("200 OK"));
  CHECK_FALSE(receiver->store_failing());
  CHECK(logged("stored callbacks again after_s=1 callbacks=2") == 1);
  CHECK(receiver->counters().failed == 2);
  CHECK(rows() == 1);
}

TEST_CASE_METHOD(Fixture, "a database that is gone ends it") {
  CHECK_THAT(post(callback("a")), Contains("200 OK"));
  for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end);
  const Client asking = client();
  asking.send(request(callback("b")));
  CHECK_THROWS_WITH(read_all(asking), Contains("was moved or removed while in use"));
}

TEST_CASE_METHOD(Fixture,
                 "the client that a proxy names is the origin, on a path and on loopback") {
  CHECK_THAT(post(callback("a"), "X-Forwarded-For: 192.0.2.1, 198.51.100.7\r\n"), Contains("200"));
  CHECK(text("SELECT origin FROM events ORDER BY id DESC") == "198.51.100.7");
  open({}, "unix:" + folder / "receiver.sock");
  CHECK_THAT(post(callback("b"), "X-Forwarded-For: 192.0.2.1\r\nx-forwarded-for: 2001:db8::7\r\n"),
             Contains("200"));
  CHECK(text("SELECT origin FROM events ORDER BY id DESC") == "2001:db8::7");
  CHECK_THAT(post(callback("c")), Contains("200"));
  CHECK(text("SELECT origin FROM events ORDER BY id DESC") == "unix");
}

TEST_CASE_METHOD(Fixture, "behind a closed door it becomes idle when those within are served") {
  const Client within = client();
  within.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " +
              std::to_string(callback("a").size()) + "\r\n\r\n");
  settle();
  receiver->close_door();
  CHECK_FALSE(receiver->idle());
  within.send(callback("a"));
  CHECK_THAT(read_all(within), Contains("200 OK"));
  settle();
  CHECK(receiver->idle());
  CHECK(rows() == 1);
}

TEST_CASE_METHOD(Fixture, "slow, silent and broken clients keep nobody out") {
  std::vector<Client> crowd;
  const std::vector<std::string> manners = {
      "",
      "POST / HT",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n400\r\nxx",
      "\x16\x03\x01\x02",
      "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
      "Content-Length: 10\r\n\r\n"};
  for (std::size_t i = 0; i < 700; ++i) {
    crowd.push_back(client());
    crowd.back().send(manners[i % manners.size()]);
    if (i % 7 == 0) shutdown(crowd.back().descriptor(), SHUT_WR);
    if (i % 100 == 0) CHECK_THAT(post(callback(std::to_string(i))), Contains("200 OK"));
  }
  CHECK_THAT(post(callback("last")), Contains("200 OK"));
  CHECK(rows() == 8);
  CHECK(rows("quarantine") == 0);
}
