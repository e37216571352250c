#include "base/summary.h"

#include "base/text.h"

#include <algorithm>

namespace base {
namespace {

// What is kept of a value until it is told.
constexpr std::size_t value_bytes_max = 1024;

std::string code_in(std::span<const Field> fields) {
  const auto code = std::find_if(fields.begin(), fields.end(),
                                 [](const Field& field) { return field.key == "error_code"; });
  return code == fields.end() ? std::string() : std::string(clip(code->value, value_bytes_max));
}

}  // namespace

Summary::Entry& Summary::entry_of(const Message& message, std::span<const Field> fields,
                                  Instant now) {
  Key key(&message, code_in(fields));
  if (entries_.size() >= codes_max && !entries_.contains(key)) key.second.clear();
  return entries_.try_emplace(std::move(key), Entry{now, 0, 0, {}}).first->second;
}

bool Summary::take(const Message& message, std::span<const Field> fields, Instant now) {
  Entry& entry = entry_of(message, fields, now);
  if (entry.lines < message.burst) {
    open_.insert(&message);
    ++entry.lines;
    return true;
  }
  entry.last.assign(fields.begin(), fields.end());
  for (Field& field : entry.last) field.value = clip(field.value, value_bytes_max);
  ++entry.count;
  return false;
}

// The window goes on: what begins anew within it is counted, too.
bool Summary::end(const Message& message) {
  for (auto& [key, entry] : entries_)
    if (key.first == &message) entry.count = 0;
  return open_.erase(&message) > 0;
}

Summary::Line Summary::tell(const Message& message, Entry& entry, Instant now) {
  const auto since = std::chrono::floor<std::chrono::seconds>(now - entry.began);
  Line line{&message, std::exchange(entry.last, {})};
  line.fields.emplace_back("repeated", std::exchange(entry.count, 0));
  line.fields.emplace_back("since_s", since.count());
  open_.insert(&message);
  entry.began = now;
  entry.lines = message.burst;
  return line;
}

std::vector<Summary::Line> Summary::due(Instant now) {
  std::vector<Line> lines;
  for (auto next = entries_.begin(); next != entries_.end();) {
    const auto item = next++;
    auto& [key, entry] = *item;
    if (now - entry.began < window) continue;
    if (entry.count == 0)
      entries_.erase(item);
    else
      lines.push_back(tell(*key.first, entry, now));
  }
  return lines;
}

std::vector<Summary::Line> Summary::rest(Instant now) {
  std::vector<Line> lines;
  for (auto& [key, entry] : entries_)
    if (entry.count > 0) lines.push_back(tell(*key.first, entry, now));
  entries_.clear();
  return lines;
}

}  // namespace base
