#include "daemon/check/replies.h"

#include "base/text.h"
#include "json/read.h"
#include "vod/events.h"
#include "vod/limits.h"

#include <cmath>
#include <optional>
#include <string>

namespace vodeventd {
namespace {

using Config = vod::DescribeEventConfigReply;

struct Switch {
  const char* name;
  const char* event;
  std::optional<std::string> Config::*value;
};

constexpr Switch switches[] = {
    {"UploadMediaCompleteEventSwitch", "NewFileUpload",
     &Config::upload_media_complete_event_switch},
    {"DeleteMediaCompleteEventSwitch", "FileDeleted", &Config::delete_media_complete_event_switch},
    {"PersistenceCompleteEventSwitch", "PersistenceComplete",
     &Config::persistence_complete_event_switch},
};

// A web address as people may see it: without user, password and parameters.
std::string without_secrets(const std::string& url) {
  std::string text(base::clip(url.substr(0, url.find_first_of("?#")), 256));
  const std::size_t host = text.find("//"), at = text.rfind('@');
  if (host != text.npos && at != text.npos && at > host) text.erase(host + 2, at - host - 1);
  return text;
}

void check_mode(const Config& config, bool receives, Findings& findings) {
  const std::string mode(base::clip(config.mode.value_or(""), 64));
  const std::string url = without_secrets(config.notification_url.value_or(""));
  if (mode == "PULL")
    findings.ok("delivery", "the application is in PULL mode" +
                                (url.empty() ? "" : "; NotificationUrl " + url + " is not used"));
  else if (mode == "PUSH" && receives)  // of the address only the host: its path may be a secret
    findings.ok("delivery", "the application is in PUSH mode: events go to " +
                                url.substr(0, url.find('/', url.find("//") + 2)) +
                                ", which must lead to [receiver]; pulls bring nothing");
  else
    findings.bad("delivery",
                 "the application is in " + (mode.empty() ? "an unknown" : mode) +
                     " mode: nothing will ever arrive here" +
                     (url.empty() ? "" : ", events go to " + url),
                 "Choose the reliable callback in the console, or call ModifyEventConfig with "
                 "Mode PULL",
                 exit_configuration);
}

// A switch that is not told is off, as the document says.
void check_switches(const Config& config, Findings& findings) {
  bool all = true;
  for (const Switch& each : switches) {
    if ((config.*each.value).value_or("OFF") == "ON") continue;
    all = false;
    findings.warn(
        "switches",
        std::string("events of type ") + each.event + " are never sent: " + each.name + " is OFF",
        std::string("Where they are wanted: ModifyEventConfig with ") + each.name +
            " ON, or the console's callback settings");
  }
  if (all) findings.ok("switches", "NewFileUpload, FileDeleted and PersistenceComplete are sent");
}

}  // namespace

void check_delivery(const vod::Reply& reply, bool receives, Findings& findings) {
  Config config;
  json::Problems problems;
  json::read(reply.response, config, "Response", problems);
  check_mode(config, receives, findings);
  check_switches(config, findings);
}

void check_queue(const vod::Reply& reply, Findings& findings) {
  vod::DescribeEventsStateReply state;
  json::Problems problems;
  json::read(reply.response, state, "Response", problems);
  const auto events = state.count_of_events_to_pull.value_or(0);
  constexpr double events_per_s = vod::requests_per_s_max * vod::events_per_pull_max;
  std::string text = "about " + std::to_string(events) +
                     " events wait to be pulled, as of some seconds or minutes ago";
  if (events > 0)
    text += "; at the " + std::to_string(static_cast<int>(events_per_s)) +
            " a second that the service allows that takes " +
            std::to_string(
                static_cast<long long>(std::ceil(static_cast<double>(events) / events_per_s))) +
            " s";
  findings.ok("queue", text);
}

}  // namespace vodeventd
