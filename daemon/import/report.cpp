#include "daemon/import/report.h"

#include "json/write.h"

namespace vodeventd {
namespace {

std::string number(std::uint64_t count) { return std::to_string(count); }

std::string what_it_was(const Report& report) {
  std::string text;
  for (const auto& [kind, count] : report.texts)
    text += (text.empty() ? "" : ", ") + number(count) + " x " + std::string(to_string(kind));
  return text.empty() ? "nothing" : text;
}

std::string what_came_of_it(const Report& report, bool dry_run) {
  if (dry_run)
    return number(report.stored) + " would be taken, " + number(report.quarantined) +
           " would go to quarantine";
  return number(report.stored) + " stored, " + number(report.known) + " already here, " +
         number(report.linked) + " linked, " + number(report.quarantined) + " in quarantine";
}

std::string member(const char* name, std::uint64_t count) {
  return std::string(",\"") + name + "\":" + number(count);
}

std::string as_json(const Problem& problem) {
  return "{\"line\":" + number(problem.place.line) + member("byte", problem.place.byte) +
         ",\"path\":" + json::quote(problem.path) + ",\"why\":" + json::quote(problem.why) + '}';
}

std::string as_json(const std::vector<Problem>& problems) {
  std::string text;
  for (const Problem& problem : problems) text += (text.empty() ? "" : ",") + as_json(problem);
  return '[' + text + ']';
}

std::string as_json(const std::map<vod::Kind, std::uint64_t>& texts) {
  std::string text;
  for (const auto& [kind, count] : texts)
    text += (text.empty() ? "" : ",") + json::quote(to_string(kind)) + ':' + number(count);
  return '{' + text + '}';
}

}  // namespace

std::string events(std::uint64_t count) {
  return number(count) + (count == 1 ? " event" : " events");
}

void Report::add(const Report& other) {
  bytes += other.bytes;
  for (const auto& [kind, count] : other.texts) texts[kind] += count;
  events += other.events;
  stored += other.stored;
  known += other.known;
  linked += other.linked;
  quarantined += other.quarantined;
  passed_over += other.passed_over;
  problem_count += other.problem_count;
}

std::string as_line(const Problem& problem, const std::string& file) {
  return file + ':' + number(problem.place.line) + ": byte " + number(problem.place.byte) + ": " +
         (problem.path.empty() ? "" : problem.path + ": ") + problem.why;
}

std::string as_reason(const Problem& problem, const std::string& file) {
  return file + ", byte " + number(problem.place.byte) +
         (problem.path.empty() ? "" : ", " + problem.path) + ": " + problem.why;
}

std::string as_text(const Report& report, bool dry_run) {
  std::string text = report.file + (report.packed ? ": gzip: " : ": ") + what_it_was(report) +
                     "; " + events(report.events) + ": " + what_came_of_it(report, dry_run);
  if (report.passed_over > 0) text += ", " + number(report.passed_over) + " passed over";
  return text;
}

std::string as_json(const Report& report) {
  std::string text;
  if (!report.file.empty())
    text = "\"file\":" + json::quote(report.file) +
           ",\"gzip\":" + (report.packed ? "true," : "false,");
  text += "\"bytes\":" + number(report.bytes) + ",\"texts\":" + as_json(report.texts);
  text += member("events", report.events) + member("stored", report.stored) +
          member("known", report.known) + member("linked", report.linked) +
          member("quarantined", report.quarantined) + member("passed_over", report.passed_over) +
          member("problem_count", report.problem_count) +
          ",\"problems\":" + as_json(report.problems);
  return report.trouble.empty() ? text : text + ",\"trouble\":" + json::quote(report.trouble);
}

}  // namespace vodeventd
