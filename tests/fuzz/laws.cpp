#include "fuzz/laws.h"

#include "fuzz/targets.h"
#include "intake/arrival.h"
#include "json/canonical.h"
#include "json/read.h"
#include "json/slice.h"
#include "json/write.h"
#include "vod/event.h"

#include <algorithm>
#include <string>
#include <vector>

namespace fuzz {
namespace {

bool is_object(std::string_view text) {
  vod::EventContent ignored;
  json::Problems problems;
  return json::read(text, ignored, "", problems).empty();
}

// Reading what was written is no news, and nothing about it is odd.
void check_written(const vod::EventContent& content) {
  const std::string text = json::write(content);
  vod::EventContent again;
  json::Problems problems;
  require(json::read(text, again, "", problems).empty(), "what is written can be read");
  require(problems.empty(), "what is written has no problems");
  require(json::write(again) == text, "what is read is what was written");
}

// The same members the other way round; empty when a name is there twice, whose order counts.
std::string reversed(std::string_view object) {
  json::Cursor cursor(object);
  cursor.enter_object();
  std::vector<std::string_view> names;
  std::string text;
  for (std::string_view name; cursor.member(name);) {
    names.push_back(name);
    const std::string value(cursor.value());
    text = '"' + std::string(name) + "\" : " + value + (text.empty() ? "" : ",\n") + text;
  }
  require(!cursor.failed() && cursor.at_end(), "a valid object can be cut into its members");
  std::ranges::sort(names);
  const bool twice = std::ranges::adjacent_find(names) != names.end();
  return twice ? std::string() : '{' + text + '}';
}

void check_canonical(std::string_view object) {
  const std::string text = json::canonical(object);
  require(is_object(text), "a canonical form is an object");
  require(json::canonical(text) == text, "a canonical form is its own canonical form");
  const std::string other = reversed(object);
  if (other.empty()) return;
  require(json::canonical(other) == text, "the order of members does not count");
  require(vod::fingerprint(other, vod::Form::element, true) ==
              vod::fingerprint(object, vod::Form::element, true),
          "the order of members does not count for the fingerprint");
}

}  // namespace

void check_event(std::string_view slice, std::size_t index) {
  const inbox::Arrival arrival =
      intake::to_arrival(slice, vod::Form::element, vod::element_path(index));
  require(arrival.json == slice, "an arrival keeps the bytes");
  require(arrival.fingerprint.size() == 32, "an arrival has a fingerprint");
  require(arrival.diagnostics.empty() || is_object("{\"X\":" + arrival.diagnostics + '}'),
          "diagnostics are JSON");
  const bool object = is_object(slice);
  require(object || !arrival.unreadable.empty(), "what is no object is unreadable");
  require(!arrival.handle.empty() || !arrival.unreadable.empty(), "an event has a handle");
  if (!object) return;
  check_written(vod::decode(slice, vod::Form::element, "E").content);
  check_canonical(slice);
}

void canonical(std::string_view input) { check_event(input, 0); }

}  // namespace fuzz
