#include "daemon/check.h"

#include "daemon/exit.h"
#include "daemon/log_sink.h"
#include "daemon/parts.h"
#include "inbox/open.h"
#include "json/read.h"
#include "vod/events.h"
#include "vod/limits.h"

#include <unistd.h>

#include <cstdio>
#include <optional>
#include <string>
#include <system_error>

namespace vodeventd {
namespace {

class Report {
 public:
  void good(const char* what, const std::string& text) { print("ok  ", what, text); }
  void bad(const char* what, const std::string& text, int status) {
    print("BAD ", what, text);
    if (!status_) status_ = status;
  }
  [[nodiscard]] int status() const { return status_; }

 private:
  static void print(const char* mark, const char* what, const std::string& text) {
    std::printf("%s %-14s %s\n", mark, what, text.c_str());
  }
  int status_ = 0;
};

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

void check_database(const Config& config, Report& report) {
  const std::string& path = config.store.path;
  try {
    if (access(path.c_str(), F_OK) == 0) {
      report.good("database", inbox::describe(path));
    } else if (access(folder_of(path).c_str(), W_OK | X_OK) == 0) {
      report.good("database", path + " will be made at the first start");
    } else if (path == Config().store.path && access(folder_of(path).c_str(), F_OK) != 0) {
      report.good("database", path + ", whose folder the service manager makes at the first start");
    } else {
      report.bad("database",
                 "folder " + folder_of(path) +
                     " is missing or not writable for this user; make it, or set "
                     "[store] path",
                 exit_configuration);
    }
  } catch (const std::exception& error) {
    report.bad("database", error.what(), exit_configuration);
  }
}

std::optional<vod::Answer> answer_to(vod::Call call, Api& api) {
  const base::Instant limit = api.clock.now() + 2 * vod::request_timeout;
  while (api.clock.now() < limit)
    for (vod::Answer& answer : api.client.poll(limit))
      if (answer.call == call) return std::move(answer);
  return std::nullopt;
}

bool accepted(const char* what, const std::optional<vod::Answer>& answer, Report& report) {
  if (!answer) {
    report.bad(what, "no answer", exit_unavailable);
    return false;
  }
  if (const auto& failure = answer->reply.failure) {
    report.bad(what,
               failure->code + ": " + failure->message + " (" +
                   std::string(to_string(failure->error_class)) + ").  " +
                   std::string(vod::row_of(failure->error_class).advice),
               exit_unavailable);
    return false;
  }
  return true;
}

void check_mode(Api& api, Report& report) {
  const auto answer = answer_to(api.client.describe_event_config(), api);
  if (!accepted("service", answer, report)) return;
  report.good("service", "signature accepted, RequestId " + answer->reply.request_id);
  vod::DescribeEventConfigReply config;
  json::Problems problems;
  json::read(answer->reply.response, config, "Response", problems);
  const std::string mode = config.mode.value_or("");
  if (mode == "PULL")
    report.good("delivery", "the application is in PULL mode");
  else
    report.bad(
        "delivery",
        "the application is in " + (mode.empty() ? "an unknown" : mode) +
            " mode: nothing will ever arrive here.  Choose the reliable callback (Mode PULL) "
            "in the console or with ModifyEventConfig",
        exit_configuration);
}

void check_queue(Api& api, Report& report) {
  const auto answer = answer_to(api.client.describe_events_state(), api);
  if (!accepted("queue", answer, report)) return;
  vod::DescribeEventsStateReply state;
  json::Problems problems;
  json::read(answer->reply.response, state, "Response", problems);
  report.good("queue", "about " + std::to_string(state.count_of_events_to_pull.value_or(0)) +
                           " events wait to be pulled");
}

}  // namespace

int check(const Config& config, bool online) {
  Report report;
  report.good("configuration", "endpoint " + config.api.endpoint);
  check_database(config, report);
  base::SystemClock clock;
  base::Log log(base::Level::error, clock, log_sink(config.api.sub_app_id));
  try {
    Api api(config, log, {});
    report.good("credential", api.credentials.origin());
    if (online) {
      check_mode(api, report);
      if (report.status() == 0) check_queue(api, report);
    }
  } catch (const credentials::Error& error) {
    report.bad("credential", error.what(), exit_configuration);
  }
  return report.status();
}

}  // namespace vodeventd
