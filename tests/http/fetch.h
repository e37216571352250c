// One request from start to completion, as all http tests need it.
#pragma once

#include "base/clock.h"
#include "http/curl_transport.h"

#include <catch2/catch.hpp>
#include <utility>

// A transport on the real clock, with the settings of the test.
struct Client {
  explicit Client(http::CurlTransport::Settings settings = {}, std::vector<int> watched = {})
      : transport(clock, std::move(settings), std::move(watched)) {}

  http::Response fetch(http::Request request) {
    const http::Transfer transfer = transport.start(std::move(request));
    const std::vector<http::Completion> completed = transport.poll(in(30));
    REQUIRE(completed.size() == 1);
    REQUIRE(completed[0].transfer == transfer);
    return completed[0].response;
  }
  http::Response get(std::string url) {
    http::Request request;
    request.url = std::move(url);
    return fetch(std::move(request));
  }
  base::Instant in(int seconds) { return clock.now() + std::chrono::seconds(seconds); }

  base::SystemClock clock;
  http::CurlTransport transport;
};

inline std::ostream& operator<<(std::ostream& out, http::Fault fault) {
  return out << http::to_string(fault);
}
