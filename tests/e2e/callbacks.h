// A daemon that receives callbacks, and those who send them.
#pragma once

#include "e2e/setup.h"
#include "httpd/client.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>

namespace e2e {

inline std::string callback(const std::string& task) {
  return R"({"EventType":"ConcatComplete","ConcatCompleteEvent":{"TaskId":")" + task + R"("}})";
}

inline std::string request(const std::string& body, const std::string& target = "/") {
  return "POST " + target +
         " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

// What comes until the connection is over, or `patience`.
inline std::string answer_to(const httpd_test::Client& client,
                             std::chrono::milliseconds patience = 10s) {
  std::string text;
  char buffer[4096];
  pollfd ready{client.descriptor(), POLLIN, 0};
  while (poll(&ready, 1, static_cast<int>(patience.count())) == 1) {
    const ssize_t count = recv(client.descriptor(), buffer, sizeof buffer, 0);
    if (count <= 0) break;
    text.append(buffer, static_cast<std::size_t>(count));
  }
  return text;
}

struct Callbacks : Setup {
  std::string socket = folder / "receiver.sock";
  std::string address = "unix:" + socket;

  // A daemon that pulls nothing and has no credential.  `receiver`: more of that section.
  void configure_push(const std::string& receiver = {}, const std::string& rest = {}) const {
    std::ofstream(folder / "vodeventd.toml")
        << "[api]\nendpoint = \"" << (url.empty() ? "http://127.0.0.1:1" : url)
        << "\"\n[store]\npath = \"" << database
        << "\"\n[poll]\nmax_pulls_in_flight = 0\n[receiver]\nlisten = \"" << address << "\"\n"
        << receiver << rest;
  }

  // One that does both.
  void configure_both() { configure("[receiver]\nlisten = \"" + address + "\"\n"); }

  // The answer; empty where there is none, or nobody to ask.
  std::string post(const std::string& body, const std::string& target = "/") const {
    try {
      const httpd_test::Client client(address);
      client.send(request(body, target));
      return answer_to(client);
    } catch (const std::system_error&) {
      return {};
    }
  }
  static bool taken(const std::string& answer) {
    return answer.find("HTTP/1.1 200 OK") != std::string::npos;
  }

  void end(support::Process& process) const {
    process.signal(SIGTERM);
    CAPTURE(log());
    CHECK(process.wait(12s) == 0);
  }
};

}  // namespace e2e
