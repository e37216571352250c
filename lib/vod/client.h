// The API's four calls over a transport: signs, sends, reads the answers.
//
// Calls run side by side; poll() gives what has completed.  Two things are settled in here and
// never seen outside: a credential that has to be fetched first (calls wait for it), and a clock
// that is wrong (the difference is learned from the server's Date, the call is signed again, once).
#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "credentials/source.h"
#include "http/transport.h"
#include "vod/reply.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace vod {

using Call = std::uint64_t;

struct Answer {
  Call call = 0;
  Action action = Action::pull_events;
  Reply reply;
  base::Instant started;                              // when the request was sent
  base::Instant first_byte;                           // from here the leases run
  std::optional<std::chrono::sys_seconds> date = {};  // the server's clock, as it answered
};

// Where calls to this endpoint go: https:// unless it says otherwise.
std::string url_of(const std::string& endpoint);

class Client {
 public:
  struct Settings {
    std::string endpoint = "vod.tencentcloudapi.com";  // a host, with its port, or a URL
    std::string region;
    std::optional<std::uint64_t> sub_app_id;
    std::chrono::milliseconds timeout{10'000};
  };

  Client(Settings settings, http::Transport& transport, credentials::Source& credentials,
         base::Clock& clock, base::Log& log);

  Call pull_events();
  Call confirm_events(std::span<const std::string> handles);  // 1 to 16
  Call describe_event_config();
  Call describe_events_state();

  // Works until an answer has come, `until` is over, or the transport was woken.
  std::vector<Answer> poll(base::Instant until);

  // For calls from now on.
  void timeout(std::chrono::milliseconds timeout) { settings_.timeout = timeout; }

  // Server time minus ours, as learned from a refusal; zero when never refused.
  [[nodiscard]] std::chrono::seconds clock_offset() const { return clock_offset_; }

 private:
  struct Sent {
    Call call;
    Action action;
    std::string body;
    bool signed_again = false;
    base::Instant since{};  // waits for a credential since then
  };

  Call begin(Action action, std::string body);
  void send(Sent sent);
  void fetch_credential();
  void serve_waiting();
  void fail_waiting(const Sent& sent);
  void take_credential(const http::Response& response);
  void finish(Sent sent, http::Response response, std::vector<Answer>& answers);
  bool learn_clock(const std::optional<std::chrono::sys_seconds>& date);
  void read_secret_again();
  void renew_doubted_secret();
  void note_credential_error(const std::string& error);
  [[nodiscard]] base::Instant next_fetch(base::Instant now) const;

  Settings settings_;
  http::Transport& transport_;
  credentials::Source& credentials_;
  base::Clock& clock_;
  base::Log& log_;
  std::string url_;
  std::string host_;
  tc3::Signer signer_;
  Call last_call_ = 0;
  std::map<http::Transfer, Sent> sent_;
  std::vector<Sent> waiting_;               // for a credential
  std::vector<Answer> failed_;              // calls that could not be sent
  std::optional<http::Transfer> fetching_;  // the metadata service's transfer
  std::string credential_error_ = "no credential yet";
  bool secret_doubted_ = false;  // the last answer refused it
  std::chrono::seconds clock_offset_{0};
};

}  // namespace vod
