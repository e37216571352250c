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
template <class Record>
void check_written(const json::Type& type, const Record& record) {
  const std::string text = json::write(type, &record);
  Record again;
  json::Problems problems;
  require(json::read(text, type, &again, "", problems).empty(), "what is written can be read");
  require(problems.empty(), "what is written has no problems");
  require(json::write(type, &again) == text, "what is read is what was written");
}

void check_written(const vod::Decoded& decoded) {
  check_written(json::type_of<vod::EventContent>, decoded.content);
  if (!decoded.old) return;
  const auto type =
      std::ranges::find(vod::old_event_types(), decoded.event_type, &vod::OldEventType::name);
  const bool known = type != vod::old_event_types().end();
  check_written(known ? type->type : json::type_of<vod::OldEvent>, *decoded.old);
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
  require(vod::fingerprint(other, true) == vod::fingerprint(object, true),
          "the order of members does not count for the fingerprint");
}

// What was stored is read again as it was.
void check_stored(const inbox::Arrival& arrival) {
  const inbox::Arrival again = intake::read_again(arrival.json, arrival.format);
  require(again.unreadable.empty(), "what was readable stays so");
  require(again.fingerprint == arrival.fingerprint, "the fingerprint stays");
  require(again.handle.empty() || again.handle == arrival.handle, "the handle stays");
  require(again.format == arrival.format && again.event_type == arrival.event_type &&
              again.type_known == arrival.type_known && again.task_id == arrival.task_id &&
              again.file_id == arrival.file_id && again.status == arrival.status &&
              again.err_code == arrival.err_code,
          "the columns stay");
}

}  // namespace

void check_event(std::string_view slice, vod::Form form, std::string_view path,
                 std::string_view handle) {
  const inbox::Arrival arrival = intake::to_arrival(slice, form, path, handle);
  require(arrival.json == slice, "an arrival keeps the bytes");
  require(arrival.fingerprint.size() == 32, "an arrival has a fingerprint");
  require(intake::fits(arrival.fingerprint, slice, ""), "what is put aside fits its fingerprint");
  require(arrival.diagnostics.empty() || is_object("{\"X\":" + arrival.diagnostics + '}'),
          "diagnostics are JSON");
  const bool object = is_object(slice), readable = arrival.unreadable.empty();
  require(object || !readable, "what is no object is unreadable");
  require(form != vod::Form::element || !readable || !arrival.handle.empty(),
          "an element has a handle");
  if (readable) check_stored(arrival);
  if (!object) return;
  check_written(vod::decode(slice, form, path));
  check_canonical(slice);
}

void canonical(std::string_view input) { check_event(input, vod::Form::element, "EventSet[0]"); }

}  // namespace fuzz
