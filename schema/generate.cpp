// The schema as data: what events.schema says, in its order, checked.

#include <istream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// What is wrong with the schema, and in which line.
struct Wrong : std::runtime_error {
  Wrong(int line_number, const std::string& what) : std::runtime_error(what), line(line_number) {}
  int line;
};

struct Record;

struct Member {
  std::string name, type, doc;
  bool list = false;
  int line = 0;
  std::vector<std::string> older;  // older spellings of the name
  const Record* record = nullptr;  // what `type` names, null for a scalar
};

struct Record {
  std::string name, doc;
  int line = 0;
  std::vector<Member> members;
};

struct Event {
  std::string type, member;        // member `-`: this type never had one
  std::vector<std::string> older;  // older names of the member
  int line = 0;
};

struct Schema {
  std::vector<Record> records;  // as written
  std::vector<Event> events;
  std::vector<const Record*> in_order;  // each record after the records it holds
};

// The record whose members are the events.
inline constexpr std::string_view event_record = "EventContent";

// The C++ type of a scalar of the schema, empty when `type` is none.
std::string_view scalar(std::string_view type);

// Reads and checks a schema; throws Wrong.
Schema parse(std::istream& in);
// What is made of a schema: each function gives the text of a file.


#include <string>
#include <vector>

// vod/events.h: a struct for each record.  vod/events.cpp: their rows, and the table of event
// types.
std::string structs(const Schema& schema);
std::string rows(const Schema& schema);

// The SQL script of all views: one for each type of event, one for each list in it, schema_doc.
std::string views(const Schema& schema);

// inbox/schema.cpp: SQL as data.
std::string sql_data(const std::vector<std::string>& migrations, const std::string& common_views,
                     const std::string& views);

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <sstream>

namespace {

using ByName = std::map<std::string, const Record*, std::less<>>;

// The walker marks what it has seen in one 64-bit word.
constexpr std::size_t rows_max = 64;

// Names become names in C++ and SQL, neither of which is asked to quote them.
std::string name(const std::string& word, int line) {
  auto letter_or_digit = [](unsigned char c) { return std::isalnum(c) != 0; };
  if (word.empty() || !std::isupper(static_cast<unsigned char>(word[0])) ||
      !std::all_of(word.begin(), word.end(), letter_or_digit)) {
    throw Wrong(line, "'" + word + "' is no name: letters and digits, the first a capital");
  }
  return word;
}

// SQL does not tell capitals from small letters, so neither may two names differ in them alone.
std::string folded(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::string rest_of(std::istringstream& words) {
  std::string rest;
  std::getline(words >> std::ws, rest);
  return rest;
}

Member member(const std::string& first, std::istringstream& words, int line) {
  Member member;
  member.name = name(first, line);
  member.line = line;
  if (!(words >> member.type)) throw Wrong(line, "member '" + first + "' has no type");
  member.list = member.type.ends_with("[]");
  if (member.list) member.type.resize(member.type.size() - 2);
  member.doc = rest_of(words);
  return member;
}

void event(std::istringstream& words, int line, Schema& schema) {
  Event event;
  event.line = line;
  if (!(words >> event.type >> event.member)) {
    throw Wrong(line, "an event has an EventType and a member");
  }
  name(event.type, line);
  for (const Event& other : schema.events) {
    if (other.type == event.type) throw Wrong(line, "event '" + event.type + "' stands here twice");
  }
  for (std::string older; words >> older;) event.older.push_back(name(older, line));
  schema.events.push_back(event);
}

void read_line(const std::string& text, int line, Schema& schema) {
  std::istringstream words(text);
  std::string first;
  if (!(words >> first) || first[0] == '#') return;
  if (text[0] == ' ') {
    if (schema.records.empty())
      throw Wrong(line, "member '" + first + "' stands before any record");
    schema.records.back().members.push_back(member(first, words, line));
  } else if (first == "record") {
    Record record;
    record.line = line;
    words >> record.name;
    name(record.name, line);
    record.doc = rest_of(words);
    schema.records.push_back(record);
  } else if (first == "event") {
    event(words, line, schema);
  } else {
    throw Wrong(line, "expected 'record' or 'event', got '" + first + "'");
  }
}

ByName by_name(const Schema& schema) {
  ByName records;
  std::set<std::string> taken;
  for (const Record& record : schema.records) {
    if (!taken.insert(folded(record.name)).second) {
      throw Wrong(record.line, "record '" + record.name + "' stands here twice");
    }
    if (record.members.empty()) throw Wrong(record.line, "record '" + record.name + "' is empty");
    records[record.name] = &record;
  }
  return records;
}

void check_members(Record& record, const ByName& records) {
  std::set<std::string> taken;
  auto take = [&](const std::string& name, int line) {
    if (!taken.insert(folded(name)).second) {
      throw Wrong(line, "member '" + name + "' of '" + record.name + "' stands here twice");
    }
  };
  for (Member& member : record.members) {
    take(member.name, member.line);
    for (const std::string& older : member.older) take(older, member.line);
    // A vector of bool has no element that could be pointed at.
    if (member.list && member.type == "boolean") {
      throw Wrong(member.line, "there are no lists of boolean");
    }
    if (!scalar(member.type).empty()) continue;
    auto found = records.find(member.type);
    if (found == records.end()) throw Wrong(member.line, "no type called '" + member.type + "'");
    member.record = found->second;
  }
  if (taken.size() > rows_max) {
    throw Wrong(record.line, "record '" + record.name + "' has more than 64 members");
  }
}

// Finds the member of each event and gives it its older names.
void join_events(Schema& schema) {
  auto root = std::ranges::find(schema.records, event_record, &Record::name);
  for (const Event& event : schema.events) {
    if (event.member == "-" && event.older.empty()) continue;
    if (root == schema.records.end()) throw Wrong(event.line, "there is no record EventContent");
    auto member = std::ranges::find(root->members, event.member, &Member::name);
    if (member == root->members.end() || member->list || !scalar(member->type).empty()) {
      throw Wrong(event.line, "no record '" + event.member + "' in EventContent");
    }
    member->older.insert(member->older.end(), event.older.begin(), event.older.end());
  }
}

// Puts `record` after the records it holds.  `open`: the records that are being visited.
void visit(const Record& record, std::set<const Record*>& open, std::set<const Record*>& done,
           Schema& schema) {
  if (done.contains(&record)) return;
  open.insert(&record);
  for (const Member& member : record.members) {
    if (!member.record) continue;
    if (open.contains(member.record)) {
      throw Wrong(member.line,
                  "'" + member.type + "' contains itself through '" + member.name + "'");
    }
    visit(*member.record, open, done, schema);
  }
  open.erase(&record);
  done.insert(&record);
  schema.in_order.push_back(&record);
}

}  // namespace

std::string_view scalar(std::string_view type) {
  static const std::map<std::string_view, std::string_view> scalars = {{"text", "std::string"},
                                                                       {"integer", "std::int64_t"},
                                                                       {"natural", "std::uint64_t"},
                                                                       {"number", "double"},
                                                                       {"boolean", "bool"}};
  auto found = scalars.find(type);
  return found == scalars.end() ? std::string_view() : found->second;
}

Schema parse(std::istream& in) {
  Schema schema;
  int line = 0;
  for (std::string text; std::getline(in, text);) read_line(text, ++line, schema);
  join_events(schema);
  const ByName records = by_name(schema);
  for (Record& record : schema.records) check_members(record, records);
  std::set<const Record*> open, done;
  for (const Record& record : schema.records) visit(record, open, done, schema);
  return schema;
}
// C++ from the schema: structs and their rows.

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
  const std::string value = member.record ? member.type : std::string(scalar(member.type));
  if (member.list) return "std::vector<" + value + ">";
  return (member.record ? "base::Box<" : "std::optional<") + value + ">";
}

std::string row(const std::string& name, const Member& member, bool alias) {
  const std::string place = snake(member.name);
  return "      {\"" + name + "\", offsetof(R, " + place +
         "), &json::type_of<decltype(R::" + place + ")>" + (alias ? ", true" : "") + "},\n";
}

std::string rows(const Record& record) {
  std::string out = "json::Rows " + record.name + "::rows() {\n  using R = " + record.name +
                    ";\n  static_assert(std::is_standard_layout_v<R>);\n"
                    "  static constexpr json::Field fields[] = {\n";
  for (const Member& member : record.members) {
    out += row(member.name, member, false);
    for (const std::string& older : member.older) out += row(older, member, true);
  }
  return out + "  };\n  return fields;\n}\n\n";
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
         "std::span<const EventType> event_types();\n\n}  // namespace vod\n";
}

std::string rows(const Schema& schema) {
  std::string out =
      "// Generated from events.schema.\n#include \"vod/events.h\"\n\n"
      "#include <cstddef>\n#include <type_traits>\n\nnamespace vod {\n\n";
  for (const Record* record : schema.in_order) out += rows(*record);
  out +=
      "std::span<const EventType> event_types() {\n"
      "  static constexpr EventType types[] = {\n";
  for (const Event& event : schema.events) {
    out +=
        "      {\"" + event.type + "\", \"" + (event.member == "-" ? "" : event.member) + "\"},\n";
  }
  return out + "  };\n  return types;\n}\n\n}  // namespace vod\n";
}
// SQL from the schema: views in which the members of an event are columns.
//
// They stand on events and payloads and hold nothing.  Each starts at the index over event_type;
// SQLite parses a payload once a row and only for the columns that are asked for.

#include <algorithm>
#include <array>
#include <cctype>

namespace {

struct Column {
  std::string name, value, type, record, member, meaning;
};

struct View {
  std::string name, event_type, from, where;
  std::vector<Column> columns;
};

// One type of event as a view sees it.
struct Source {
  std::string event_type, spellings;  // '…', '…'
  const Member* member = nullptr;     // of EventContent
};

std::string text(const std::string& value) {
  std::string out = "'";
  for (char c : value) out += c == '\'' ? "''" : std::string(1, c);
  return out + '\'';
}

// The columns that stand before the members, whose names are therefore taken.
enum Own { id, event_handle, received_at, confirmed_at, item };
const std::array<Column, 5> own = {
    {{"id", "e.id", "integer", "", "", "Cursor: grows, is never used twice."},
     {"event_handle", "e.event_handle", "text", "", "", "Confirm token."},
     {"received_at", "e.received_at", "text", "", "", "When it came, UTC."},
     {"confirmed_at", "e.confirmed_at", "text", "", "", "When it was confirmed, UTC."},
     {"item", "i.key", "integer", "", "", "Place in the list, from 0."}}};

// SQL does not tell capitals from small letters.
std::string column_name(const std::string& member) {
  std::string folded = member;
  for (char& c : folded) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return std::ranges::count(own, folded, &Column::name) ? member + '_' : member;
}

Column column(const std::string& value, const Record& record, const Member& member) {
  const std::string meaning = member.doc.empty() && member.record ? member.record->doc : member.doc;
  return {column_name(member.name),
          value,
          member.type + (member.list ? "[]" : ""),
          record.name,
          member.name,
          meaning};
}

std::string path(const std::string& holder, const Member& member) {
  return text("$." + holder + '.' + member.name);
}

// The member's value wherever it stands: under the name of today or an older one.
std::string extract(const Source& source, const Member& member) {
  auto from = [&](const std::string& name) {
    return "json_extract(p.json, " + path(name, member) + ")";
  };
  std::string value = from(source.member->name);
  for (const std::string& older : source.member->older) value += ", " + from(older);
  return source.member->older.empty() ? value : "coalesce(" + value + ")";
}

View event_view(const Source& source) {
  View view{.name = source.event_type,
            .event_type = source.event_type,
            .from = "events AS e JOIN payloads AS p ON p.event_id = e.id",
            .where = "e.event_type IN (" + source.spellings + ") AND e.redelivery_of IS NULL",
            .columns = {own[id], own[event_handle], own[received_at], own[confirmed_at]}};
  for (const Member& member : source.member->record->members) {
    view.columns.push_back(column(extract(source, member), *source.member->record, member));
  }
  return view;
}

// The path of a list, under whichever name its event came.
std::string list_path(const Source& source, const Member& list) {
  std::string out = path(source.member->name, list);
  for (const std::string& older : source.member->older) {
    out = "iif(json_type(p.json, " + text("$." + older) + ") = 'object', " + path(older, list) +
          ", " + out + ")";
  }
  return out;
}

// One row for each element.  What is no list, or no record in it, is passed over: one odd event
// must not spoil a query over all.
View list_view(const Source& source, const Member& list) {
  View view = event_view(source);
  view.name += '_' + list.name;
  view.from += ",\n       json_each(p.json, " + list_path(source, list) + ") AS i";
  view.where += " AND typeof(i.key) = 'integer'";
  view.columns = {own[id], own[event_handle], own[received_at], own[item]};
  if (!list.record) {
    view.columns.push_back(
        {"value", "i.value", list.type, source.member->record->name, list.name, list.doc});
    return view;
  }
  view.where += " AND i.type = 'object'";
  for (const Member& member : list.record->members) {
    view.columns.push_back(
        column("json_extract(i.value, " + text("$." + member.name) + ")", *list.record, member));
  }
  return view;
}

std::vector<Source> sources(const Schema& schema) {
  std::vector<Source> all;
  auto root = std::ranges::find(schema.records, event_record, &Record::name);
  for (const Event& event : schema.events) {
    if (event.member == "-") continue;
    auto known = std::ranges::find_if(
        all, [&](const Source& source) { return source.member->name == event.member; });
    if (known != all.end()) {
      known->spellings += ", " + text(event.type);
    } else {
      auto member = std::ranges::find(root->members, event.member, &Member::name);
      all.push_back({event.type, text(event.type), &*member});
    }
  }
  return all;
}

std::string create(const View& view) {
  std::string out = "CREATE VIEW \"" + view.name + "\" AS\nSELECT ";
  for (const Column& column : view.columns) {
    if (&column != view.columns.data()) out += ",\n       ";
    out += column.value + " AS \"" + column.name + '"';
  }
  return out + "\nFROM " + view.from + "\nWHERE " + view.where + ";\n\n";
}

std::string doc_rows(const View& view) {
  std::string out;
  for (const Column& column : view.columns) {
    auto known = [](const std::string& word) { return word.empty() ? "NULL" : text(word); };
    out += ",\n  (" + text(view.event_type) + ", " + known(column.record) + ", " +
           known(column.member) + ", " + text(view.name) + ", " + text(column.name) + ", " +
           text(column.type) + ", " + known(column.meaning) + ')';
  }
  return out;
}

}  // namespace

std::string views(const Schema& schema) {
  std::vector<View> all;
  for (const Source& source : sources(schema)) {
    all.push_back(event_view(source));
    for (const Member& member : source.member->record->members) {
      if (member.list) all.push_back(list_view(source, member));
    }
  }
  std::string script, docs;
  for (const View& view : all) {
    script += create(view);
    docs += doc_rows(view);
  }
  if (all.empty()) return script;
  return script +
         "CREATE VIEW schema_doc (event_type, record, member, view_name, column_name, type, "
         "meaning) AS\n"
         "VALUES" +
         docs.substr(1) + ";\n";
}
// SQL as C++ data.

#include <stdexcept>

namespace {

// One literal of a compiler that takes no longer ones; neighbours are joined.
constexpr std::size_t literal_bytes_max = 8000;

std::string literal(const std::string& text) {
  if (text.find(")sql\"") != std::string::npos)
    throw std::runtime_error("SQL holds the text )sql\"");
  std::string out;
  for (std::size_t at = 0; at < text.size() || at == 0; at += literal_bytes_max) {
    out += "\n    R\"sql(" + text.substr(at, literal_bytes_max) + ")sql\"";
  }
  return out;
}

}  // namespace

std::string sql_data(const std::vector<std::string>& migrations, const std::string& common_views,
                     const std::string& views) {
  std::string list;
  for (const std::string& migration : migrations) list += literal(migration) + ',';
  return "// Generated from events.schema and the SQL beside it.\n"
         "#include <cstddef>\n#include <string_view>\n\nnamespace inbox {\n\n"
         "extern const std::string_view migrations[];\n"
         "extern const std::size_t migration_count;\n"
         "extern const std::string_view common_views;\n"
         "extern const std::string_view views;\n\n"
         "// The last one is empty, so that there is always one.\n"
         "constinit const std::string_view migrations[] = {" +
         list +
         "\n    {}};\n"
         "constinit const std::size_t migration_count = " +
         std::to_string(migrations.size()) +
         ";\n"
         "constinit const std::string_view common_views =" +
         literal(common_views) +
         ";\n"
         "constinit const std::string_view views =" +
         literal(views) + ";\n\n}  // namespace inbox\n";
}
// generate SCHEMA OUT_DIR [SQL...]: writes below OUT_DIR
//   vod/events.h, vod/events.cpp   structs, rows and event types of the schema
//   inbox/schema.cpp               the SQL files and the generated views, as data
// An SQL file is inbox-<n>.sql, a migration, of which none may be missing from 1 on; or views.sql.

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) throw std::runtime_error("cannot read " + path.string());
  return text.str();
}

// Leaves a file alone that says the same already, so that nothing is compiled without need.
void write(const fs::path& path, const std::string& text) {
  if (fs::exists(path) && read(path) == text) return;
  fs::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary);
  out << text;
  if (!out.flush()) throw std::runtime_error("cannot write " + path.string());
}

// 12 of inbox-12.sql
int migration_number(const fs::path& path) {
  const std::string name = path.filename().string();
  const std::string_view prefix = "inbox-", suffix = ".sql";
  int number = 0;
  if (name.starts_with(prefix) && name.ends_with(suffix)) {
    const char* end = name.data() + name.size() - suffix.size();
    auto [stop, error] = std::from_chars(name.data() + prefix.size(), end, number);
    if (error == std::errc() && stop == end && number > 0) return number;
  }
  throw std::runtime_error(name + " is neither inbox-<n>.sql nor views.sql");
}

struct Sql {
  std::vector<std::string> migrations;
  std::string common_views;
};

Sql read_sql(const std::vector<std::string>& paths) {
  Sql sql;
  std::map<int, std::string> numbered;
  for (const fs::path path : paths) {
    if (path.filename() == "views.sql") {
      sql.common_views = read(path);
    } else {
      numbered[migration_number(path)] = read(path);
    }
  }
  for (auto& [number, text] : numbered) {
    sql.migrations.push_back(text);
    if (number != static_cast<int>(sql.migrations.size())) {
      throw std::runtime_error("inbox-" + std::to_string(sql.migrations.size()) +
                               ".sql is missing");
    }
  }
  return sql;
}

Schema read_schema(const std::string& path) {
  std::istringstream text(read(path));
  return parse(text);
}

void generate(const std::string& schema_path, const fs::path& out,
              const std::vector<std::string>& sql_paths) {
  const Schema schema = read_schema(schema_path);
  const Sql sql = read_sql(sql_paths);
  write(out / "vod/events.h", structs(schema));
  write(out / "vod/events.cpp", rows(schema));
  write(out / "inbox/schema.cpp", sql_data(sql.migrations, sql.common_views, views(schema)));
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 2) {
    std::cerr << "usage: generate SCHEMA OUT_DIR [SQL...]\n";
    return 2;
  }
  try {
    generate(arguments[0], arguments[1], {arguments.begin() + 2, arguments.end()});
  } catch (const Wrong& wrong) {
    std::cerr << arguments[0] << ':' << wrong.line << ": " << wrong.what() << '\n';
    return 1;
  } catch (const std::exception& error) {
    std::cerr << "generate: " << error.what() << '\n';
    return 1;
  }
}
