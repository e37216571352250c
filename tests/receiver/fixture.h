// A receiver with an inbox of its own and its clients, in one thread: whoever waits for an answer
// lets it take its turns, as the daemon's loop does.
#pragma once

#include "httpd/client.h"
#include "inbox/inbox.h"
#include "receiver/receiver.h"
#include "support/fake_clock.h"
#include "support/temp_folder.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace receiver_fixture {

using namespace std::chrono_literals;
using Catch::Contains;
using httpd_test::Client;
using receiver::Refusal;

// A normal callback; what `content` is makes it another event.
inline std::string callback(const std::string& content, const std::string& more = {}) {
  return R"({"EventType":"FileDeleted","FileDeleteEvent":{"FileIdSet":[")" + content + R"("]})" +
         more + '}';
}

struct Fixture {
  support::TempFolder folder;
  support::FakeClock clock;
  std::vector<std::string> lines;
  base::Log log{base::Level::debug, clock, [this](const base::Message& message, auto fields) {
                  lines.push_back(base::line(message, fields));
                }};
  std::string path = folder / "events.db";
  inbox::Inbox inbox{path, 1500000001, clock, 0};
  std::unique_ptr<httpd::Listener> listener;
  std::unique_ptr<receiver::Receiver> receiver;

  explicit Fixture(const receiver::Settings& settings = {}) { open(settings); }

  void open(const receiver::Settings& settings, const std::string& address = "127.0.0.1:0") {
    receiver.reset();
    listener = std::make_unique<httpd::Listener>(address);
    receiver =
        std::make_unique<receiver::Receiver>(listener->descriptor(), settings, inbox, clock, log);
  }

  Client client() const { return Client(listener->address()); }

  std::string read_all(const Client& asking) const {
    return httpd_test::read_all(
        receiver->descriptor(), [this] { receiver->turn(); }, asking);
  }
  std::string ask(const std::string& request) const {
    const Client asking = client();
    asking.send(request);
    return read_all(asking);
  }
  static std::string request(const std::string& body, const std::string& headers = {},
                             const std::string& target = "/") {
    return "POST " + target +
           " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           headers + "\r\n" + body;
  }
  std::string post(const std::string& body, const std::string& headers = {},
                   const std::string& target = "/") const {
    return ask(request(body, headers, target));
  }

  // Lets it take in what clients have done so far.
  void settle() const {
    pollfd ready{receiver->descriptor(), POLLIN, 0};
    while (poll(&ready, 1, 50) == 1) receiver->turn();
  }

  std::int64_t number(const std::string& query) { return inbox.database().number(query); }
  std::string text(const std::string& query) { return inbox.database().text(query); }
  std::int64_t rows(const std::string& table = "events") {
    return number("SELECT count(*) FROM " + table);
  }
  [[nodiscard]] std::uint64_t refused(Refusal refusal) const {
    return receiver->counters().refused[static_cast<std::size_t>(refusal)];
  }
  [[nodiscard]] int logged(std::string_view text) const {
    int count = 0;
    for (const std::string& line : lines) count += line.find(text) != std::string::npos;
    return count;
  }
};

}  // namespace receiver_fixture
