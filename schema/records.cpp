// C++ from the schema: structs and their rows.
#include "emit.h"

#include <cctype>
#include <set>

namespace {

// Words that no member can have for its name: some of C++'s own (the compiler tells of the others)
// and that of the function that gives a record's rows.
const std::set<std::string> taken = {"class",  "switch", "default", "operator", "delete",
                                     "new",    "union",  "struct",  "template", "namespace",
                                     "public", "export", "private", "register", "rows"};

// EventHandle -> event_handle, HDRType -> hdr_type
std::string snake(const std::string& name) {
  auto upper = [&](std::size_t i) { return std::isupper(static_cast<unsigned char>(name[i])); };
  auto lower = [&](std::size_t i) { return std::islower(static_cast<unsigned char>(name[i])); };
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool starts_word =
        upper(i) && i > 0 && (!upper(i - 1) || (i + 1 < name.size() && lower(i + 1)));
    if (starts_word) out += '_';
    out += static_cast<char>(std::tolower(static_cast<unsigned char>(name[i])));
  }
  return taken.contains(out) ? out + '_' : out;
}

std::string slot(const Member& member) {
  std::string value = member.record ? member.type : std::string(plain(member.type));
  if (member.type == "any") return value;
  if (member.list) return "std::vector<" + value + ">";
  return (member.record ? "base::Box<" : "std::optional<") + value + ">";
}

std::string row(const std::string& name, const Member& member, bool alias) {
  const std::string place = snake(member.name);
  return "      {\"" + name + "\", offsetof(R, " + place +
         "), &json::type_of<decltype(R::" + place + ")>" + (alias ? ", true" : "") + "},\n";
}

// The rows of a record, or of one in which an event of format 2.0 fills the member `data`.
std::string rows(const Record& record, const std::string& function, const Member* data) {
  std::string out = "json::Rows " + function + "() {\n  using R = " + record.name +
                    ";\n  static_assert(std::is_standard_layout_v<R>);\n"
                    "  static constexpr json::Field fields[] = {\n";
  for (const Member& member : record.members) {
    if (member.json.empty()) out += row(member.name, member, false);
    for (const std::string& older : member.older) out += row(older, member, true);
  }
  if (data) out += row(data->json, *data, false);
  return out + "  };\n  return fields;\n}\n\n";
}

std::string event_types(const Schema& schema) {
  std::string out =
      "std::span<const EventType> event_types() {\n"
      "  static constexpr EventType types[] = {\n";
  for (const Event& event : schema.events) {
    out +=
        "      {\"" + event.type + "\", \"" + (event.member == "-" ? "" : event.member) + "\"},\n";
  }
  return out + "  };\n  return types;\n}\n\n";
}

std::string old_event_types(const Schema& schema) {
  std::string functions, types;
  for (const Record& record : schema.records) {
    for (const Member& member : record.members) {
      if (member.json.empty()) continue;
      functions += "static " + rows(record, member.name + "_rows", &member);
      types +=
          "      {\"" + member.name + "\", {json::Shape::record, &" + member.name + "_rows}},\n";
    }
  }
  return functions +
         "std::span<const OldEventType> old_event_types() {\n"
         "  static constexpr OldEventType types[] = {\n" +
         types + "  };\n  return types;\n}\n\n";
}

}  // namespace

std::string structs(const Schema& schema) {
  std::string out =
      "// Generated from events.schema.\n#pragma once\n\n"
      "#include <cstdint>\n#include <optional>\n#include <span>\n#include <string>\n"
      "#include <string_view>\n#include <vector>\n\n"
      "#include \"base/box.h\"\n#include \"json/type.h\"\n\nnamespace vod {\n\n";
  for (const Record* record : schema.in_order) {
    out += "// " + record->doc + "\nstruct " + record->name + " {\n";
    for (const Member& member : record->members) {
      out += "  " + slot(member) + ' ' + snake(member.name) + ';';
      out += member.doc.empty() ? "\n" : "  // " + member.doc + '\n';
    }
    out += "  static json::Rows rows();\n};\n\n";
  }
  return out +
         "// A type of event and the member of EventContent that it fills, empty when it has "
         "none.\n"
         "// The first type of a member is its name of today, later ones are older spellings.\n"
         "struct EventType {\n  std::string_view name;\n  std::string_view member;\n};\n\n"
         "std::span<const EventType> event_types();\n\n"
         "// A type of event in format 2.0; `type`: OldEvent with what is under `data`, the last "
         "row.\n"
         "struct OldEventType {\n  std::string_view name;\n  json::Type type;\n};\n\n"
         "std::span<const OldEventType> old_event_types();\n\n}  // namespace vod\n";
}

std::string rows(const Schema& schema) {
  std::string out =
      "// Generated from events.schema.\n#include \"vod/events.h\"\n\n"
      "#include <cstddef>\n#include <type_traits>\n\nnamespace vod {\n\n";
  for (const Record* record : schema.in_order)
    out += rows(*record, record->name + "::rows", nullptr);
  return out + event_types(schema) + old_event_types(schema) + "}  // namespace vod\n";
}
