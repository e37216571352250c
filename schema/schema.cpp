#include "schema.h"

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
  if (word.empty() || std::isdigit(static_cast<unsigned char>(word[0])) ||
      !std::all_of(word.begin(), word.end(), letter_or_digit)) {
    throw Wrong(line, "'" + word + "' is no name: letters and digits, the first a letter");
  }
  return word;
}

// The name of a record or an event, which no plain type, table or common view can have.
std::string title(const std::string& word, int line) {
  if (!std::isupper(static_cast<unsigned char>(name(word, line)[0]))) {
    throw Wrong(line, "'" + word + "' has to begin with a capital");
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
  title(event.type, line);
  for (const Event& other : schema.events) {
    if (other.type == event.type) throw Wrong(line, "event '" + event.type + "' stands here twice");
  }
  for (std::string older; words >> older;) event.older.push_back(name(older, line));
  schema.events.push_back(event);
}

void old_event(std::istringstream& words, int line, Schema& schema) {
  OldEvent event;
  event.line = line;
  if (!(words >> event.type >> event.record)) {
    throw Wrong(line, "an old event has an EventType and a record");
  }
  title(event.type, line);
  title(event.record, line);
  schema.old_events.push_back(event);
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
    title(record.name, line);
    record.doc = rest_of(words);
    schema.records.push_back(record);
  } else if (first == "event") {
    event(words, line, schema);
  } else if (first == "old-event") {
    old_event(words, line, schema);
  } else {
    throw Wrong(line, "expected 'record', 'event' or 'old-event', got '" + first + "'");
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
    if (!plain(member.type).empty()) continue;
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
    if (member == root->members.end() || member->list || !plain(member->type).empty()) {
      throw Wrong(event.line, "no record '" + event.member + "' in EventContent");
    }
    member->older.insert(member->older.end(), event.older.begin(), event.older.end());
  }
}

void join_old_events(Schema& schema) {
  auto root = std::ranges::find(schema.records, old_event_record, &Record::name);
  for (const OldEvent& event : schema.old_events) {
    if (root == schema.records.end()) throw Wrong(event.line, "there is no record OldEvent");
    Member& member = root->members.emplace_back();
    member.name = event.type;
    member.type = event.record;
    member.line = event.line;
    member.json = "data";
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

std::string_view plain(std::string_view type) {
  static const std::map<std::string_view, std::string_view> types = {
      {"text", "std::string"}, {"integer", "std::int64_t"}, {"natural", "std::uint64_t"},
      {"number", "double"},    {"boolean", "bool"},         {"any", "json::Any"}};
  auto found = types.find(type);
  return found == types.end() ? std::string_view() : found->second;
}

Schema parse(std::istream& in) {
  Schema schema;
  int line = 0;
  for (std::string text; std::getline(in, text);) read_line(text, ++line, schema);
  join_events(schema);
  join_old_events(schema);
  const ByName records = by_name(schema);
  for (Record& record : schema.records) check_members(record, records);
  std::set<const Record*> open, done;
  for (const Record& record : schema.records) visit(record, open, done, schema);
  return schema;
}
