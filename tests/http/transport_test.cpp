#include "http/transport.h"

#include <algorithm>
#include <catch2/catch.hpp>

TEST_CASE("plain http is allowed to loopback, however the host is written") {
  const char* url =
      GENERATE("http://127.0.0.1/", "http://127.0.0.1:8080/latest", "http://127.255.255.254",
               "http://[::1]/", "http://[::1]:80", "http://[0:0:0:0:0:0:0:1]/", "http://localhost",
               "http://LocalHost:1/", "http://vod.localhost/", "http://2130706433/",
               "http://user:word@localhost/",
               // Others read these two differently; what counts is where curl would connect.
               "http:///localhost", "http://example.com\\@localhost/");
  CAPTURE(url);
  CHECK(http::plain_http_allowed(url));
}

TEST_CASE(
    "plain http is not allowed to any other host, nor to a URL that only looks like loopback") {
  const char* url = GENERATE(
      "http://vod.tencentcloudapi.com/", "http://metadata.tencentyun.com/", "http://10.0.0.1/",
      "http://128.0.0.1/", "http://0.0.0.0/", "http://localhost@example.com/",
      "http://127.0.0.1:80@example.com/", "http://127.0.0.1.example.com/", "http://notlocalhost/",
      "http://.localhost.example/", "http://localhost.example/", "http://[::2]/", "http://[::]/",
      "http://[::ffff:10.0.0.1]/", "http://example.com/#@localhost", "http://", "", "nonsense url");
  CAPTURE(url);
  CHECK_FALSE(http::plain_http_allowed(url));
}

TEST_CASE("a URL with a NUL in it is not allowed") {
  using namespace std::string_view_literals;
  CHECK_FALSE(http::plain_http_allowed("http://localhost\0.example.com/"sv));
}

TEST_CASE("every fault has a name of its own") {
  std::vector<std::string_view> names;
  for (int fault = 0; fault <= static_cast<int>(http::Fault::other); ++fault) {
    names.push_back(http::to_string(static_cast<http::Fault>(fault)));
    CHECK(std::count(names.begin(), names.end(), names.back()) == 1);
    CHECK(names.back() != "unknown");
  }
}
