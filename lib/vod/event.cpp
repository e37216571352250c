#include "vod/event.h"

#include "crypto/digest.h"
#include "json/canonical.h"
#include "json/read.h"
#include "json/slice.h"

#include <algorithm>

namespace vod {
namespace {

const json::Field* find(json::Rows rows, std::string_view name, json::Shape shape) {
  for (const json::Field& row : rows) {
    if (row.name == name && row.type->shape == shape) return &row;
  }
  return nullptr;
}

// The slot of a scalar member, null when the record has no such member.
template <class Scalar>
const std::optional<Scalar>* slot(json::Rows rows, const void* record, std::string_view name) {
  const json::Field* row = find(rows, name, json::type_of<Scalar>.shape);
  if (!row) return nullptr;
  return static_cast<const std::optional<Scalar>*>(
      static_cast<const void*>(static_cast<const char*>(record) + row->offset));
}

std::optional<std::string> text(json::Rows rows, const void* record, std::string_view name) {
  if (const auto* found = slot<std::string>(rows, record, name)) return *found;
  const auto* number = slot<std::int64_t>(rows, record, name);
  if (number && *number) return std::to_string(**number);
  return std::nullopt;
}

Identity identity(json::Rows rows, const void* record) {
  const auto* err_code = slot<std::int64_t>(rows, record, "ErrCode");
  return {.task_id = text(rows, record, "TaskId"),
          .file_id = text(rows, record, "FileId"),
          .status = text(rows, record, "Status"),
          .err_code = err_code ? *err_code : std::nullopt};
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
    std::size_t count = 0;
    const char* slot = static_cast<const char*>(static_cast<const void*>(&content)) + row.offset;
    const void* record = row.type->peek(slot, count);
    if (record) filled.push_back({&row, record});
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

void check_type(Decoded& decoded, const std::string& path) {
  const auto types = event_types();
  if (decoded.event_type.empty()) {
    const auto type = std::ranges::find(types, decoded.member, &EventType::member);
    if (!decoded.member.empty() && type != types.end()) decoded.event_type = type->name;
    decoded.problems.add(path + ".EventType: missing");
    return;
  }
  const auto type = std::ranges::find(types, decoded.event_type, &EventType::name);
  if (type == types.end()) {
    decoded.problems.add(path + ".EventType: unknown type");
  } else if (!decoded.member.empty() && type->member != decoded.member) {
    decoded.problems.add(path + ".EventType: not the type of " + std::string(decoded.member));
  }
}

void find_event(Decoded& decoded, const std::string& path) {
  const std::vector<Filled> filled = filled_members(decoded.content);
  if (filled.empty()) decoded.problems.add(path + ": no known member is filled");
  if (filled.size() > 1) decoded.problems.add(path + ": more than one member is filled");
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
    if (name != "EventHandle") continue;
    EventContent content;
    json::Problems problems;
    const std::string alone = "{\"EventHandle\":" + std::string(value) + "}";
    if (!json::read(alone, content, {}, problems).empty()) return {};
    return content.event_handle.value_or("");
  }
  return {};
}

}  // namespace

Decoded decode(std::string_view slice, std::size_t index) {
  Decoded decoded;
  const std::string path = "EventSet[" + std::to_string(index) + "]";
  decoded.unreadable = json::read(slice, decoded.content, path, decoded.problems);
  decoded.event_type = decoded.content.event_type.value_or("");
  if (!decoded.unreadable.empty()) {
    decoded.handle = salvage_handle(slice);
    return decoded;
  }
  decoded.handle = decoded.content.event_handle.value_or("");
  if (decoded.handle.empty()) decoded.unreadable = "EventHandle is missing or empty";
  find_event(decoded, path);
  return decoded;
}

std::string fingerprint(std::string_view slice, bool readable) {
  static constexpr std::string_view of_delivery[] = {"EventHandle"};
  const crypto::Digest digest =
      readable ? crypto::sha256(json::canonical(slice, of_delivery)) : crypto::sha256(slice);
  return {digest.begin(), digest.end()};
}

}  // namespace vod
