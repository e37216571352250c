#include "vodsim/source.h"

#include "json/slice.h"
#include "support/sample.h"
#include "vod/events.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>
#include <stdexcept>

namespace vodsim {
namespace {

namespace fs = std::filesystem;

// Follows strings only, so that what is not valid JSON keeps its faults.
std::string without_white_space(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (!in_string && (c == ' ' || c == '\t' || c == '\r' || c == '\n')) continue;
    out += c;
    if (in_string && c == '\\' && i + 1 < text.size()) out += text[++i];
    if (c == '"') in_string = !in_string;
  }
  return out;
}

// The value of a member of the object, a slice of its text; empty when it is not there.
std::string_view member(std::string_view object, std::string_view wanted) {
  json::Cursor cursor(object);
  if (!cursor.enter_object()) return {};
  for (std::string_view name; cursor.member(name);) {
    const std::string_view value = cursor.value();
    if (name == wanted) return value;
  }
  return {};
}

bool is_string(std::string_view value) { return value.size() >= 2 && value.front() == '"'; }

std::string_view unquoted(std::string_view value) {
  return is_string(value) ? value.substr(1, value.size() - 2) : std::string_view();
}

std::string read_whole(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot open " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

void read_file(const fs::path& path, bool keep_handles, const Sink& sink) {
  const std::string text = read_whole(path);
  const std::string_view set = member(member(text, "Response"), "EventSet");
  if (set == "null") return;
  json::Cursor cursor(set);
  if (!cursor.enter_array())
    throw std::runtime_error(path.string() +
                             ": no list Response.EventSet; expected a reply of PullEvents");
  for (std::size_t index = 0; cursor.element(); ++index) {
    EventText event = cut(cursor.value(), keep_handles);
    event.name = path.filename().string() + '[' + std::to_string(index) + ']';
    sink(std::move(event));
  }
  if (cursor.failed())
    throw std::runtime_error(path.string() + ": brackets or quotes of EventSet do not balance");
}

std::vector<fs::path> json_files(const std::string& path) {
  if (!fs::is_directory(path)) return {path};
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(path))
    if (entry.is_regular_file() && entry.path().extension() == ".json")
      files.push_back(entry.path());
  if (files.empty()) throw std::runtime_error(path + ": no *.json in this folder");
  std::sort(files.begin(), files.end());
  return files;
}

// One name for each member; a member's older names follow its name of today.
std::vector<std::string_view> types_of_today() {
  std::set<std::string_view> members;
  std::vector<std::string_view> types;
  for (const vod::EventType& type : vod::event_types())
    if (!type.member.empty() && members.insert(type.member).second) types.push_back(type.name);
  return types;
}

}  // namespace

EventText cut(std::string_view element, bool keep_handle) {
  const std::string text = without_white_space(element);
  EventText out;
  out.type = unquoted(member(text, "EventType"));
  const std::string_view handle = member(text, "EventHandle");
  if (is_string(handle) && (!keep_handle || handle.size() > 2)) {
    const auto at = static_cast<std::size_t>(handle.data() - text.data()) + 1;
    if (keep_handle) out.own_handle = unquoted(handle);
    out.head = text.substr(0, at);
    out.tail = text.substr(at + handle.size() - 2);
  } else if (!keep_handle && handle.empty() && text.starts_with('{') && text.ends_with('}')) {
    out.head = "{\"EventHandle\":\"";
    out.tail = std::string(text == "{}" ? "\"" : "\",") + text.substr(1);
  } else {
    out.head = text;
    out.has_handle = false;
  }
  return out;
}

void read_files(const std::vector<std::string>& paths, bool keep_handles, const Sink& sink) {
  for (const std::string& path : paths)
    for (const fs::path& file : json_files(path)) read_file(file, keep_handles, sink);
}

void generate(std::size_t count, std::uint64_t seed, std::size_t bytes, const Sink& sink) {
  std::mt19937_64 random(seed);
  const auto types = types_of_today();
  for (std::size_t i = 0; i < count; ++i) {
    EventText event =
        cut(support::sample_event(random, types[i % types.size()], "0", bytes), false);
    event.name = "generated[" + std::to_string(i) + ']';
    sink(std::move(event));
  }
}

}  // namespace vodsim
