// The built program, and signed calls to it.
#pragma once

#include "base/clock.h"
#include "support/process.h"
#include "vodsim/options.h"
#include "vodsim/test/http_client.h"
#include "vodsim/test/signed_request.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <vector>

namespace vodsim {

inline std::vector<std::string> command(const std::vector<std::string>& options) {
  std::vector<std::string> arguments{BINARIES "/vodsim", "--max-seconds", "60"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  return arguments;
}

struct Running {
  support::Process process;
  std::string url;

  explicit Running(const std::vector<std::string>& options) : process(command(options)) {
    const auto line = process.read_line(std::chrono::seconds(20));
    INFO(process.err());
    REQUIRE(line);
    const std::string said = "vodsim: listening on ";
    REQUIRE(line->starts_with(said));
    url = line->substr(said.size());
  }
};

inline void send(HttpClient& client, const std::string& action, const std::string& body = "{}") {
  tc3::Request request;
  request.host = client.host();
  request.action = action;
  request.body = body;
  base::SystemClock clock;
  client.send("POST", "/",
              tc3::signed_headers(request, vodsim::credential_of({}),
                                  std::chrono::floor<std::chrono::seconds>(clock.utc())),
              body);
}

inline HttpReply call(HttpClient& client, const std::string& action,
                      const std::string& body = "{}") {
  send(client, action, body);
  return client.receive();
}

}  // namespace vodsim
