#include "daemon/explain.h"

#include "base/text.h"
#include "inbox/open.h"
#include "inbox/story.h"
#include "json/write.h"

#include <cstdio>
#include <vector>

namespace vodeventd {
namespace {

constexpr std::size_t stories_max = 100;

void print_member(const char* name, const std::optional<std::string>& value) {
  if (value) std::printf("  %-9s %s\n", name, base::printable(*value).c_str());
}

std::string step_text(const inbox::Step& step) {
  std::string text = step.what;
  if (!step.code.empty()) text += ": " + step.code;
  if (!step.handle.empty()) text += "  handle " + step.handle;
  if (!step.request_id.empty()) text += "  RequestId " + step.request_id;
  return base::printable(text);
}

void print_text(const inbox::Story& story) {
  const bool quarantined = story.state == inbox::Story::State::quarantined;
  std::printf("%s %lld%s%s\n", quarantined ? "quarantine" : "event",
              static_cast<long long>(story.row), quarantined ? "" : "  ", story.event_type.c_str());
  print_member("TaskId", story.task_id);
  print_member("FileId", story.file_id);
  print_member("Status", story.status);
  if (story.err_code) print_member("ErrCode", std::to_string(*story.err_code));
  if (!story.remarks.empty()) print_member("remarks", story.remarks);
  print_member("state", std::string(to_string(story.state)));
  for (const inbox::Step& step : story.steps)
    std::printf("  %-24s  %s\n", step.at.c_str(), step_text(step).c_str());
}

std::string member(const char* name, const std::string& value) {
  return ',' + json::quote(name) + ':' + json::quote(value);
}

std::string member(const char* name, const std::optional<std::string>& value) {
  return value ? member(name, *value) : std::string();
}

std::string as_json(const inbox::Story& story) {
  std::string text = "{\"row\":" + std::to_string(story.row);
  text += member("event_type", story.event_type) + member("task_id", story.task_id) +
          member("file_id", story.file_id) + member("status", story.status);
  if (story.err_code) text += ",\"err_code\":" + std::to_string(*story.err_code);
  text += member("state", std::string(to_string(story.state))) + member("remarks", story.remarks);
  text += ",\"steps\":[";
  for (const inbox::Step& step : story.steps) {
    if (text.back() == '}') text += ',';
    text += "{\"at\":" + json::quote(step.at) + member("what", step.what) +
            member("handle", step.handle) + member("code", step.code) +
            member("request_id", step.request_id) + '}';
  }
  return text + "]}";
}

}  // namespace

int explain(const Config& config, const std::string& key, bool json) {
  sqlite::Database database = inbox::open_read_only(config.store.path);
  const std::vector<inbox::Story> stories = inbox::stories(database, key, stories_max);
  if (json) {
    for (const inbox::Story& story : stories) std::printf("%s\n", as_json(story).c_str());
  } else {
    for (const inbox::Story& story : stories) {
      if (&story != stories.data()) std::printf("\n");
      print_text(story);
    }
  }
  if (stories.size() >= stories_max)
    std::fprintf(stderr, "vodeventd: there may be more; these are the newest %zu\n", stories_max);
  if (!stories.empty()) return 0;
  std::fprintf(stderr, "vodeventd: %s has no event with the handle, TaskId or FileId %s\n",
               config.store.path.c_str(), base::printable(key).c_str());
  return 1;
}

}  // namespace vodeventd
