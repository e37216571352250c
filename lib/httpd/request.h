// What an HTTP server is asked, and what it answers.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

struct MHD_Connection;

namespace httpd {

// Good while the handler or taker that was given it runs.
struct Request {
  std::string_view method;
  std::string_view path;  // without the query
  MHD_Connection* connection;

  // Empty where there is none; of several the first, or the last.
  [[nodiscard]] std::optional<std::string_view> header(const char* name) const;
  [[nodiscard]] std::string_view last_header(std::string_view name) const;

  // Of the query; empty where there is none.
  [[nodiscard]] std::string_view argument(const char* name) const;

  // The client's address, without its port: 192.0.2.7, 2001:db8::7; empty for a path's clients.
  [[nodiscard]] std::string peer() const;
};

struct Response {
  int status = 200;
  std::string body{};
  std::string content_type = "text/plain; charset=utf-8";
  std::string allow{};                  // of a 405: the methods that are taken
  std::chrono::seconds retry_after{0};  // of a 503; zero: not told
};

// Why the body that a head announces is not to be taken, as a status; 0 when nothing is wrong.
//   400  both a length and chunks             413  longer than this
//   411  neither                              415  an encoding such as gzip
//                                             501  a transfer encoding other than chunks
int objection_to_body(const Request& request, std::size_t bytes_max);

}  // namespace httpd
