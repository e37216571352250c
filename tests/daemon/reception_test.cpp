// Where callbacks come in: the address, what guards it, and what the status says of it.
#include "daemon/reception.h"

#include "daemon/status.h"
#include "httpd/client.h"
#include "relay/played.h"

#include <stdlib.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <cstring>
#include <memory>

namespace {

using namespace std::chrono_literals;
using Catch::Contains;
using httpd_test::Client;
using vodeventd::ConfigError;
using vodeventd::Reception;

const std::string event = R"({"EventType":"FileDeleted"})";

struct Fixture : played::Daemon {
  vodeventd::Config config;
  std::unique_ptr<Reception> reception;

  Fixture() {
    config.receiver.listen = "unix:" + *folder / "receiver.sock";
    unsetenv("CREDENTIALS_DIRECTORY");
  }
  ~Fixture() { unsetenv("CREDENTIALS_DIRECTORY"); }

  void open() {
    reception = std::make_unique<Reception>(config, clock, log);
    reception->open(inbox);
  }
  std::string complaint() {
    try {
      Reception(config, clock, log);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "taken";
  }
  std::string post(const std::string& target = "/", const std::string& body = event) const {
    const Client sender(config.receiver.listen);
    sender.send("POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: " +
                std::to_string(body.size()) + "\r\n\r\n" + body);
    return httpd_test::read_all(
        reception->descriptors().at(0), [this] { reception->turn(); }, sender);
  }
  std::string status() {
    return vodeventd::Status(machine, driver.backlog(), *reception, clock).line();
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "unless it is configured nothing is received") {
  config.receiver.listen.clear();
  open();
  CHECK_FALSE(reception->on());
  CHECK(reception->descriptors().empty());
  CHECK_FALSE(reception->tick(clock.now()));
  CHECK(lines.empty());
  CHECK_THAT(status(), !Contains("receiv"));
  reception->stop();
  reception->finish();
}

TEST_CASE_METHOD(Fixture, "callbacks are received from the moment that there is an inbox") {
  reception = std::make_unique<Reception>(config, clock, log);
  CHECK(reception->on());
  CHECK(reception->receiver() == nullptr);
  CHECK_THROWS(Client(config.receiver.listen));
  reception->open(inbox);
  CHECK_THAT(lines.back(), Contains("receiving callbacks address=") && Contains("unix:/") &&
                               Contains("signed=no"));
  CHECK_THAT(post(), Contains("stored"));
  CHECK(number("SELECT count(*) FROM events WHERE source = 'push'") == 1);
}

TEST_CASE_METHOD(Fixture, "an address that another has is told, and tried again") {
  {
    const httpd::Listener other(config.receiver.listen);
    open();
    CHECK_THAT(lines.back(), Contains("could not listen for callbacks") &&
                                 Contains(std::strerror(EADDRINUSE)) && Contains("advice="));
    CHECK(reception->descriptors().empty());
    CHECK_THAT(status(), Contains("cannot receive"));
    clock.advance(5s);
    CHECK_FALSE(reception->tick(clock.now()));
  }
  clock.advance(4s);
  CHECK_FALSE(reception->tick(clock.now()));
  clock.advance(1s);
  CHECK(reception->tick(clock.now()));
  CHECK(reception->descriptors().size() == 1);
  CHECK_THAT(post(), Contains("stored"));
  clock.advance(10s);
  CHECK_FALSE(reception->tick(clock.now()));
}

TEST_CASE_METHOD(Fixture, "where strangers get to, a key or a secret path is demanded") {
  for (const char* address : {"0.0.0.0:0", "[::]:0", "192.0.2.7:8710"}) {
    CAPTURE(address);
    config.receiver.listen = address;
    config.receiver.path = "/callbacks";
    CHECK_THAT(complaint(), Contains("receiver.listen " + std::string(address)) &&
                                Contains("receiver.sign_key_file"));
    config.receiver.path = "/3f1c9e0a77d24b58";
    CHECK(complaint() == "taken");
    config.receiver.path = "/";
    config.receiver.sign_key_file = folder->write("sign-key", "key");
    CHECK(complaint() == "taken");
    config.receiver.sign_key_file.clear();
  }
}

TEST_CASE_METHOD(Fixture, "the SignKey is read from its file or from the service's credentials") {
  config.receiver.sign_key_file = "/nonexistent/key";
  CHECK_THAT(complaint(), Contains("receiver.sign_key_file") && Contains("/nonexistent/key"));
  config.receiver.sign_key_file.clear();
  folder->write("credentials/sign-key", "5T1cVrK7mPqX\n");
  setenv("CREDENTIALS_DIRECTORY", (*folder / "credentials").c_str(), 1);
  open();
  CHECK_THAT(lines.back(), Contains("signed=yes") && !Contains("5T1c"));
  CHECK_THAT(post(), Contains("403"));
  folder->write("credentials/sign-key", "");
  CHECK_THAT(complaint(), Contains("is empty"));
}

TEST_CASE_METHOD(Fixture, "key and path are taken over while it works, if they guard it still") {
  open();
  config.receiver.path = "/other";
  reception->use(reception->settings_of(config));
  CHECK_THAT(post("/"), Contains("404"));
  CHECK_THAT(post("/other"), Contains("stored"));
  config.receiver.sign_key_file = folder->write("sign-key", "key");
  reception->use(reception->settings_of(config));
  CHECK_THAT(post("/other"), Contains("403"));
  config.receiver.sign_key_file = "/nonexistent/key";
  CHECK_THROWS_AS(reception->settings_of(config), ConfigError);
  CHECK_THAT(post("/other"), Contains("403"));
}

TEST_CASE_METHOD(Fixture, "without a socket that was handed over there is none to be had") {
  config.receiver.listen = "systemd";
  CHECK_THAT(complaint(), Contains("receiver.listen is systemd") && Contains("socket unit"));
}

TEST_CASE_METHOD(Fixture, "at the end who is in is served, and nobody else comes in") {
  open();
  const Client within(config.receiver.listen);
  within.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(event.size()) +
              "\r\n\r\n");
  for (int i = 0; i < 5; ++i) reception->turn();
  reception->stop();
  within.send(event);
  reception->finish();
  std::string text(4096, '\0');
  text.resize(static_cast<std::size_t>(
      std::max<ssize_t>(0, recv(within.descriptor(), text.data(), text.size(), MSG_DONTWAIT))));
  CHECK_THAT(text, Contains("stored"));
  CHECK(number("SELECT count(*) FROM events") == 1);
  CHECK_FALSE(reception->tick(clock.now() + 1h));
}

TEST_CASE_METHOD(Fixture, "the status tells what is received, beside what is pulled or alone") {
  open();
  CHECK_THAT(status(), Contains("no answer yet; ") && Contains("; receiving, 0 stored"));
  machine.pace(0, 0ms);
  post();
  CHECK_THAT(status(), Catch::StartsWith("not pulling; ") &&
                           Contains("; receiving, 1 stored of what was sent") &&
                           !Contains("confirm"));
}
