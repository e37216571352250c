// Exchange: one request and its reply on one curl handle, from begin() to end(), and then the next.
// curl keeps pointers into it, so it neither moves nor copies.
#pragma once

#include "base/clock.h"
#include "http/curl.h"
#include "http/curl_transport.h"
#include "http/transport.h"
#include "http/trust.h"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace http {

class Exchange {
 public:
  // What it refers to must outlive it.
  Exchange(base::Clock& clock, const CurlTransport::Settings& settings, Trust& trust)
      : clock_(clock), settings_(settings), trust_(trust) {}
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  ~Exchange() { detach(); }

  // Attaches to `multi`, which must outlive the exchange or its end().
  void begin(Transfer transfer, Request request, Multi& multi);

  // What came of it, once curl has said `code`.
  Response response(CURLcode code);

  // Ends it in whatever state it is and forgets the request and its reply.
  void end() noexcept;

  [[nodiscard]] Transfer transfer() const noexcept { return transfer_; }
  [[nodiscard]] long connections_opened() const noexcept {
    return easy_.number(CURLINFO_NUM_CONNECTS);
  }

 private:
  void set_request();
  void set_tls();
  void set_limits();
  void set_callbacks();
  void detach() noexcept;

  static std::size_t on_header(char* data, std::size_t size, std::size_t count,
                               void* exchange) noexcept;
  static std::size_t on_body(char* data, std::size_t size, std::size_t count,
                             void* exchange) noexcept;
  static int on_request(void* exchange, char*, char*, int, int) noexcept;
  void take_header(std::string_view line);

  base::Clock& clock_;
  const CurlTransport::Settings& settings_;
  Trust& trust_;
  Easy easy_;
  CURLM* multi_ = nullptr;  // while attached
  Transfer transfer_ = 0;
  Request request_;
  HeaderList headers_;
  Response response_;
  std::string retry_after_;  // as sent; a date in it is understood when the reply is complete
  std::size_t body_bytes_max_ = 0;  // the setting when the request began
  bool first_byte_came_ = false;
  int times_sent_ = 0;
  bool too_large_ = false;
  std::array<char, CURL_ERROR_SIZE> error_{};
};

}  // namespace http
