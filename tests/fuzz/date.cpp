// What the client makes of the Date that comes with "your signature has expired": it learns the
// server's time and signs again, once, or keeps its own.
#include "fuzz/targets.h"
#include "fuzz/wire.h"
#include "http/curl_transport.h"
#include "support/fake_clock.h"
#include "vod/client.h"

#include <string>

namespace fuzz {
namespace {

using namespace std::chrono_literals;

std::string reply(std::string_view header, std::string_view body) {
  return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n" + std::string(header) + "\r\n" + std::string(body);
}

// A header is one line, and libcurl takes no NUL in it.
std::string_view line_of(std::string_view input) {
  constexpr std::string_view ends("\r\n\0", 3);
  return input.substr(0, input.find_first_of(ends));
}

credentials::Settings settings() {
  credentials::Settings settings;
  settings.environment = [](const char* name) -> std::optional<std::string> {
    const std::string_view text = name;
    if (text == "TENCENTCLOUD_SECRET_ID" || text == "TENCENTCLOUD_SECRET_KEY") return "sample";
    return std::nullopt;
  };
  return settings;
}

vod::Answer answer_to_pull(vod::Client& client, base::Clock& clock) {
  const vod::Call call = client.pull_events();
  for (int turn = 0; turn < 100; ++turn) {
    for (vod::Answer& answer : client.poll(clock.now() + 10s))
      if (answer.call == call) return std::move(answer);
  }
  throw Broken("a call is answered");
}

void check_learned(const vod::Client& client, base::Clock& clock, const std::string& request) {
  const auto time = std::chrono::floor<std::chrono::seconds>(clock.utc()) + client.clock_offset();
  const std::string header =
      "X-TC-Timestamp: " + std::to_string(time.time_since_epoch().count()) + "\r\n";
  require(std::chrono::abs(client.clock_offset()) >= 1min, "only a real difference is learned");
  require(request.find(header) != std::string::npos, "the second request has the server's time");
}

}  // namespace

void date(std::string_view input) {
  Wire wire({reply("Date: " + std::string(line_of(input)) + "\r\n",
                   R"({"Response":{"Error":{"Code":"AuthFailure.SignatureExpire"}}})"),
             reply("", R"({"Response":{"EventSet":[]}})")});
  support::FakeClock clock;
  ::http::CurlTransport transport(clock, {}, {});
  credentials::Source source(settings());
  base::Log log(base::Level::debug, clock, [](auto&&...) {});
  vod::Client client({.endpoint = "http://127.0.0.1", .region = {}, .sub_app_id = {}}, transport,
                     source, clock, log);
  const vod::Answer answer = answer_to_pull(client, clock);
  const std::vector<std::string> requests = wire.received();
  if (requests.size() == 2) {
    require(!answer.reply.failure, "the second request is answered");
    check_learned(client, clock, requests[1]);
  } else {
    require(client.clock_offset() == 0s, "nothing was learned");
    require(
        answer.reply.failure && answer.reply.failure->error_class == vod::ErrorClass::clock_skew,
        "the refusal is told");
  }
}

}  // namespace fuzz
