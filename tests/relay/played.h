// The relay joined to a real inbox, over a network that the test plays and with a clock that it
// moves.
#pragma once

#include "inbox/inbox.h"
#include "relay/driver.h"
#include "support/fake_clock.h"
#include "support/scripted_transport.h"
#include "support/temp_folder.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace played {

using namespace std::chrono_literals;

inline std::string event(const std::string& handle, const std::string& task) {
  return R"({"EventHandle":")" + handle +
         R"(","EventType":"ConcatComplete","ConcatCompleteEvent":{"TaskId":")" + task + R"("}})";
}
inline std::string reply(const std::string& events) {
  return R"({"Response":{"EventSet":[)" + events + R"(],"RequestId":"pull-1"}})";
}
inline constexpr const char* ok = R"({"Response":{"RequestId":"confirm-1"}})";

struct Daemon {
  // A folder that an earlier one has worked in: a restart.
  explicit Daemon(std::shared_ptr<support::TempFolder> given = {})
      : folder(given ? std::move(given) : std::make_shared<support::TempFolder>()) {}

  std::shared_ptr<support::TempFolder> folder;
  support::FakeClock clock;
  support::ScriptedTransport transport{clock};
  std::vector<std::string> lines;
  base::Log log{base::Level::debug, clock, [this](const base::Message& message, auto fields) {
                  lines.push_back(base::line(message, fields));
                }};
  credentials::Source credentials{[this] {
    credentials::Settings settings;
    settings.secret_id = "id";
    settings.secret_key_file = folder->write("key", "secret");
    return settings;
  }()};
  vod::Client client{{}, transport, credentials, clock, log};
  inbox::Inbox inbox{*folder / "events.db", {}, clock};
  relay::Relay machine{{}, 1, clock.now()};
  relay::Driver driver{machine, client, inbox, clock, log};

  std::int64_t number(const std::string& query) { return inbox.database().number(query); }
  // The requests of an action, by their numbers.
  std::vector<http::Transfer> calls(const std::string& action) {
    std::vector<http::Transfer> found;
    for (http::Transfer i = 1; i <= transport.count(); ++i)
      if (transport.header(i, "X-TC-Action") == action) found.push_back(i);
    return found;
  }
};

}  // namespace played
