#include "vod/event.h"

#include "crypto/digest.h"
#include "json/canonical.h"
#include "json/read.h"
#include "json/slice.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace vod {
namespace {

// The value of a member, null when it is absent.
const void* value(const json::Field& row, const void* record) {
  std::size_t count = 0;
  return row.type->peek(static_cast<const char*>(record) + row.offset, count);
}

void remark(Decoded& decoded, std::string_view path, std::string_view what) {
  decoded.problems.add(std::string(path).append(what));
}

// A member of EventContent that holds a record.
struct Filled {
  const json::Field* row = nullptr;
  const void* record = nullptr;
};

std::vector<Filled> filled_members(const EventContent& content) {
  std::vector<Filled> filled;
  for (const json::Field& row : EventContent::rows()) {
    if (row.alias || row.type->shape != json::Shape::record) continue;
    if (const void* record = value(row, &content)) filled.push_back({&row, record});
  }
  return filled;
}

// Which member holds the event.  The members decide and the EventType is a second opinion, since it
// is the less certain of the two: its spellings have changed.
Filled choose(const std::vector<Filled>& filled, const Decoded& decoded) {
  if (filled.empty()) return {};
  const auto type = std::ranges::find(event_types(), decoded.event_type, &EventType::name);
  const auto named = std::ranges::find_if(filled, [&](const Filled& member) {
    return type != event_types().end() && type->member == member.row->name;
  });
  return named == filled.end() ? filled.front() : *named;
}

void check_type(Decoded& decoded, std::string_view path) {
  const auto types = event_types();
  if (decoded.event_type.empty()) {
    const auto type = std::ranges::find(types, decoded.member, &EventType::member);
    if (!decoded.member.empty() && type != types.end()) decoded.event_type = type->name;
    remark(decoded, path, ".EventType: missing");
    return;
  }
  const auto type = std::ranges::find(types, decoded.event_type, &EventType::name);
  if (type == types.end()) {
    remark(decoded, path, ".EventType: unknown type");
  } else if (!decoded.member.empty() && type->member != decoded.member) {
    remark(decoded, path, ".EventType: not the type of " + std::string(decoded.member));
  }
}

void find_event(Decoded& decoded, std::string_view path) {
  const std::vector<Filled> filled = filled_members(decoded.content);
  if (filled.empty()) remark(decoded, path, ": no known member is filled");
  if (filled.size() > 1) remark(decoded, path, ": more than one member is filled");
  if (const Filled event = choose(filled, decoded); event.row) {
    decoded.member = event.row->name;
    decoded.identity = identity(event.row->type->rows(), event.record);
  }
  check_type(decoded, path);
}

// The handle of an element that is broken somewhere else, so that it can be confirmed all the same.
std::string salvage_handle(std::string_view slice) {
  json::Cursor cursor(slice);
  cursor.enter_object();
  for (std::string_view name; cursor.member(name);) {
    const std::string_view value = cursor.value();
    if (name == "EventHandle") return handle_of(value);
  }
  return {};
}

// What keeps a JSON object from being an event.
std::string_view unfit(const Decoded& decoded) {
  if (decoded.form == Form::element) {
    return decoded.handle.empty() ? "EventHandle is missing or empty" : "";
  }
  const bool nothing = decoded.event_type.empty() && decoded.member.empty();
  return nothing ? "it has neither an EventType nor a known member" : "";
}

Decoded decode_content(std::string_view slice, Form form, std::string_view path) {
  Decoded decoded;
  decoded.form = form;
  decoded.format = "v3.0";
  decoded.unreadable = json::read(slice, decoded.content, path, decoded.problems);
  decoded.event_type = decoded.content.event_type.value_or("");
  if (!decoded.unreadable.empty()) {
    if (form == Form::element) decoded.handle = salvage_handle(slice);
    return decoded;
  }
  decoded.handle = decoded.content.event_handle.value_or("");
  if (!decoded.handle.empty()) decoded.form = Form::element;
  find_event(decoded, path);
  decoded.unreadable = unfit(decoded);
  return decoded;
}

// ---- format 2.0 ---------------------------------------------------------------------------------

void check_version(Decoded& decoded, std::string_view path) {
  if (!decoded.old->version) {
    remark(decoded, path, ".version: missing");
  } else if (*decoded.old->version != "4.0") {
    remark(decoded, path, ".version: not 4.0");
  }
}

// `data`: its row in OldEvent.
void find_data(Decoded& decoded, const json::Field& data, std::string_view path) {
  const void* record = value(data, &*decoded.old);
  if (!record) return remark(decoded, path, ".data: missing");
  decoded.member = data.name;
  decoded.identity = old_identity(data.type->rows(), record);
  for (const json::Field& row : data.type->rows()) {
    if (row.name == "status" && !value(row, record)) remark(decoded, path, ".data.status: missing");
  }
}

// Read twice: the type, which may stand behind the data, tells by which rows to read the whole.
Decoded decode_old(std::string_view slice, std::string_view path) {
  Decoded decoded;
  decoded.form = Form::old_event;
  decoded.format = "v2.0";
  decoded.unreadable = json::read(slice, decoded.old.emplace(), path, decoded.problems);
  if (!decoded.unreadable.empty()) return decoded;
  decoded.event_type = decoded.old->event_type.value_or("");
  const auto type = std::ranges::find(old_event_types(), decoded.event_type, &OldEventType::name);
  if (type != old_event_types().end()) {
    decoded.problems = {};
    json::read(slice, type->type, &decoded.old.emplace(), path, decoded.problems);
    find_data(decoded, type->type.rows().back(), path);
  } else if (decoded.event_type.empty()) {
    decoded.unreadable = "eventType is missing or empty";
  } else {
    remark(decoded, path, ".eventType: unknown type");
  }
  check_version(decoded, path);
  return decoded;
}

}  // namespace

Decoded decode(std::string_view slice, Form form, std::string_view path) {
  return form == Form::old_event ? decode_old(slice, path) : decode_content(slice, form, path);
}

std::string fingerprint(std::string_view slice, bool readable) {
  static constexpr std::string_view of_delivery[] = {"EventHandle", "Sign", "T"};
  const crypto::Digest digest =
      readable ? crypto::sha256(json::canonical(slice, of_delivery)) : crypto::sha256(slice);
  return {digest.begin(), digest.end()};
}

std::string handle_of(std::string_view json) {
  EventContent content;
  json::Problems problems;
  const std::string alone = "{\"EventHandle\":" + std::string(json) + '}';
  if (!json::read(alone, content, {}, problems).empty()) return {};
  return content.event_handle.value_or("");
}

std::string element_path(std::size_t index) { return "EventSet[" + std::to_string(index) + ']'; }

}  // namespace vod
