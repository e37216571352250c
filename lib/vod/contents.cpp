#include "vod/contents.h"

#include "json/slice.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace vod {
namespace {

// The members by which a text is known.
enum Word : std::size_t {
  response,
  event_set,
  error,
  request_id,
  event_handle,
  event_type,
  event_list,
  event_content,
  msg_handle,
  version,
  old_type,
  data,
  code,
  exported_event,
  exported_handle,
  words
};
constexpr std::array<std::string_view, words> names = {
    "Response",  "EventSet",  "Error",        "RequestId", "EventHandle",
    "EventType", "eventList", "eventContent", "msgHandle", "version",
    "eventType", "data",      "code",         "event",     "event_handle"};

// An object's members, as far as they matter.
struct Outline {
  std::array<std::string_view, words> values;  // empty: absent or null
  std::array<bool, words> again{};             // given once more; the first counts
  bool event_member = false;
  bool complete = false;

  [[nodiscard]] bool has(Word word) const { return !values[word].empty(); }
};

bool holds_event(std::string_view name) {
  return std::ranges::any_of(EventContent::rows(), [&](const json::Field& row) {
    return row.type->shape == json::Shape::record && row.name == name;
  });
}

Outline outline_of(std::string_view text) {
  Outline outline;
  json::Cursor cursor(text);
  if (!cursor.enter_object()) return outline;
  for (std::string_view name; cursor.member(name);) {
    const std::string_view value = cursor.value();
    if (value.empty() || value == "null") continue;
    const auto known = std::ranges::find(names, name);
    if (known == names.end()) {
      outline.event_member = outline.event_member || holds_event(name);
      continue;
    }
    const auto word = static_cast<std::size_t>(known - names.begin());
    outline.again[word] = !outline.values[word].empty();
    if (!outline.again[word]) outline.values[word] = value;
  }
  outline.complete = !cursor.failed() && cursor.at_end();
  return outline;
}

// An element of an eventList.  One without content is an item all the same, that its bytes be kept.
Item old_item(std::string_view slice, const std::string& path) {
  const Outline outline = outline_of(slice);
  Item item{.form = Form::old_event, .slice = slice, .handle = {}, .path = path};
  if (outline.has(msg_handle)) item.handle = handle_of(outline.values[msg_handle]);
  if (!outline.has(event_content)) return item;
  item.slice = outline.values[event_content];
  item.path += path.empty() ? "eventContent" : ".eventContent";
  return item;
}

Item list_item(Word list, std::string_view slice, std::size_t index) {
  if (list == event_set) return {Form::element, slice, {}, element_path(index)};
  return old_item(slice, "eventList[" + std::to_string(index) + ']');
}

void take_list(Word word, std::string_view list, Contents& contents) {
  const std::string name(names[word]);
  json::Cursor cursor(list);
  if (!cursor.enter_array()) {
    contents.objection = name + " is not a list";
    return;
  }
  while (cursor.element()) {
    if (contents.items.size() == items_max) {
      contents.objection = name + " has more than " + std::to_string(items_max) + " elements";
      return;
    }
    contents.items.push_back(list_item(word, cursor.value(), contents.items.size()));
  }
  if (cursor.failed() || !cursor.at_end())
    contents.objection =
        name + " is broken behind its element " + std::to_string(contents.items.size());
}

void object_to_more(Word word, const Outline& outline, Contents& contents) {
  if (outline.again[word] && contents.objection.empty())
    contents.objection = std::string(names[word]) + " is given twice, only the first is taken";
}

Contents reply(Kind kind, Word list, const Outline& outline) {
  Contents contents;
  contents.kind = kind;
  if (outline.has(list)) take_list(list, outline.values[list], contents);
  object_to_more(list, outline, contents);
  return contents;
}

Contents whole_reply(const Outline& outline) {
  const Outline inner = outline_of(outline.values[response]);
  Contents contents;
  contents.kind = Kind::pull_reply;
  if (!inner.complete)
    contents.objection = "Response is not a complete object";
  else
    contents = reply(Kind::pull_reply, event_set, inner);
  object_to_more(response, outline, contents);
  return contents;
}

Contents single(Kind kind, Item item) {
  Contents contents;
  contents.kind = kind;
  contents.items.push_back(std::move(item));
  return contents;
}

bool has_handle(const Outline& outline) {
  return outline.has(event_handle) && outline.values[event_handle] != "\"\"";
}

Contents objected(std::string objection) {
  Contents contents;
  contents.objection = std::move(objection);
  return contents;
}

// One event by itself.
std::optional<Contents> event(std::string_view text, const Outline& outline,
                              const std::string& path) {
  if (has_handle(outline)) return single(Kind::event, {Form::element, text, {}, path});
  if (outline.has(event_type) || outline.event_member)
    return single(Kind::callback, {Form::callback, text, {}, path});
  if (outline.has(old_type) || (outline.has(version) && outline.has(data)))
    return single(Kind::old_event, {Form::old_event, text, {}, path});
  return std::nullopt;
}

// A row's own key counts as a handle here: equal events that came at different times stay two.
Contents exported(const Outline& outline) {
  const std::string_view text = outline.values[exported_event];
  auto found = event(text, outline_of(text), "event");
  if (!found) return objected("event is none");
  Item& item = found->items.front();
  if (found->kind != Kind::event) item.handle = handle_of(outline.values[exported_handle]);
  found->kind = Kind::exported;
  return *std::move(found);
}

}  // namespace

std::string_view to_string(Kind kind) {
  constexpr std::array<std::string_view, 7> texts = {
      "PullEvents reply",    "old PullEvent reply", "event",         "normal callback",
      "event of format 2.0", "exported event",      "something else"};
  return texts[static_cast<std::size_t>(kind)];
}

Contents contents(std::string_view whole) {
  json::Cursor cursor(whole);
  const std::string_view text = cursor.value();  // without white space around it
  const Outline outline = outline_of(text);
  if (!outline.complete || !cursor.at_end()) return objected("it is not one complete JSON object");
  if (outline.has(response)) return whole_reply(outline);
  if (outline.has(event_set)) return reply(Kind::pull_reply, event_set, outline);
  if (outline.has(event_list)) return reply(Kind::old_pull_reply, event_list, outline);
  if (outline.has(event_content)) return single(Kind::old_event, old_item(text, {}));
  if (outline.has(exported_event) && outline.has(exported_handle)) return exported(outline);
  if (auto found = event(text, outline, "$")) return *std::move(found);
  if (outline.has(error) || outline.has(request_id))
    return reply(Kind::pull_reply, event_set, outline);
  if (outline.has(code)) return reply(Kind::old_pull_reply, event_list, outline);
  return objected("it is neither an event nor a reply");
}

}  // namespace vod
