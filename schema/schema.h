// The schema as data: what events.schema says, in its order, checked.
#pragma once

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
  std::string json;                // the name in JSON, where that is another
  std::vector<std::string> older;  // older spellings of the name
  const Record* record = nullptr;  // what `type` names; null where it is plain
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

// In format 2.0, which has one member for the data of all types.
struct OldEvent {
  std::string type, record;
  int line = 0;
};

struct Schema {
  std::vector<Record> records;  // as written
  std::vector<Event> events;
  std::vector<OldEvent> old_events;
  std::vector<const Record*> in_order;  // each record after the records it holds
};

// The records whose members are the events.  OldEvent has one for each old event, named by its
// type; in JSON all of them are called `data`.
inline constexpr std::string_view event_record = "EventContent";
inline constexpr std::string_view old_event_record = "OldEvent";

// The C++ type of what the schema has beside records, empty when `type` is none of it.
std::string_view plain(std::string_view type);

// Reads and checks a schema; throws Wrong.
Schema parse(std::istream& in);
