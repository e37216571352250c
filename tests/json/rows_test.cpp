// Laws over all records of the schema, by their rows: no list of members by hand.
#include "json/read.h"
#include "json/write.h"
#include "support/sample.h"
#include "vod/events.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <set>
#include <string>

namespace {

using json::Field;
using json::Shape;
using json::Type;

// One way from an event to a record: what a JSON text has to hold around it, and its path.
struct Way {
  const Type* root;  // the event
  std::string before, after, path;

  Way into(const Field& field) const {
    Way way{root, before + json::quote(field.name) + ':', after,
            path + '.' + std::string(field.name)};
    if (field.type->shape == Shape::list) {
      way.before += '[';
      way.after = ']' + way.after;
      way.path += "[0]";
    }
    if (record_of(field)) {
      way.before += '{';
      way.after = '}' + way.after;
    }
    return way;
  }

  static const Type* record_of(const Field& field) {
    const Type* type = field.type->shape == Shape::list ? field.type->element : field.type;
    return type->shape == Shape::record ? type : nullptr;
  }
};

// Each record that is reachable from an event, once.
void visit(json::Rows rows, const Way& way, std::set<const Field*>& visited,
           const std::function<void(json::Rows, const Way&)>& action) {
  if (!visited.insert(rows.data()).second) return;
  action(rows, way);
  for (const Field& field : rows) {
    if (const Type* record = Way::record_of(field)) {
      visit(record->rows(), way.into(field), visited, action);
    }
  }
}

using Action = std::function<void(json::Rows, const Way&)>;

void for_each_record(const Action& action) {
  std::set<const Field*> visited;
  const Type& root = json::type_of<vod::EventContent>;
  visit(root.rows(), {&root, "{", "}", "E"}, visited, action);
}

// In format 2.0, from each type of event.
void for_each_old_record(const Action& action) {
  std::set<const Field*> visited;
  for (const vod::OldEventType& type : vod::old_event_types())
    visit(type.type.rows(), {&type.type, "{", "}", "E"}, visited, action);
}

// Values that a member cannot take.
std::vector<std::string> wrong_values(Shape shape) {
  std::vector<std::string> values;
  if (shape != Shape::boolean) values.push_back("true");
  if (shape != Shape::record) values.push_back(R"({"x":[1]})");
  if (shape != Shape::list) values.push_back(R"([{"x":1}])");
  if (shape != Shape::text) values.push_back(R"("x")");
  if (shape == Shape::integer || shape == Shape::natural) {
    values.insert(values.end(), {"1.5", "-99999999999999999999"});
  }
  if (shape == Shape::boolean || shape == Shape::record || shape == Shape::list) {
    values.push_back("1");
  }
  return values;
}

// The complaint, or the problems, line by line.
std::string read_all(const Type& root, const std::string& text) {
  vod::EventContent content;
  vod::OldEvent old;
  void* place = &content;
  if (&root != &json::type_of<vod::EventContent>) place = &old;
  json::Problems problems;
  std::string told = json::read(text, root, place, "E", problems);
  for (const std::string& problem : problems.kept()) told += problem + '\n';
  return told;
}

void check_wrong(const Way& way, const std::string& before, const std::string& path,
                 const std::string& after, Shape shape) {
  for (const std::string& value : wrong_values(shape)) {
    const std::string told = read_all(*way.root, way.before + before + value + after + way.after);
    const bool one = told.starts_with(path + ": expected ") && told.find('\n') + 1 == told.size();
    if (!one) FAIL(path << " with " << value << " told: " << told);
  }
}

}  // namespace

TEST_CASE("309 records and 1,623 members are reachable from EventContent") {
  std::size_t records = 0, members = 0, aliases = 0;
  for_each_record([&](json::Rows rows, const Way&) {
    ++records;
    for (const Field& field : rows) ++(field.alias ? aliases : members);
  });
  CHECK(records == 309);
  CHECK(members == 1623);  // Sign and T of a callback are among them
  CHECK(aliases == 3);
}

TEST_CASE("an event of format 2.0 has its data under one name, whatever its type") {
  std::set<std::string_view> names;
  for (const vod::OldEventType& type : vod::old_event_types()) {
    CHECK(names.insert(type.name).second);
    const json::Rows rows = type.type.rows(), head = vod::OldEvent::rows();
    REQUIRE(rows.size() == head.size() + 1);
    CHECK(std::ranges::equal(head, rows.first(head.size()), {}, &Field::name, &Field::name));
    CHECK(rows.back().name == "data");
    CHECK(rows.back().type->shape == Shape::record);
  }
  CHECK(names.size() == 9);
}

TEST_CASE("an older name has the place and the type of the member before it") {
  for_each_record([&](json::Rows rows, const Way&) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!rows[i].alias) continue;
      REQUIRE(i > 0);
      CHECK(rows[i].offset == rows[i - 1].offset);
      CHECK(rows[i].type == rows[i - 1].type);
    }
  });
}

TEST_CASE("every event type fills one member of EventContent") {
  std::set<std::string_view> names, members;
  for (const vod::EventType& type : vod::event_types()) {
    CHECK(names.insert(type.name).second);
    if (type.member.empty()) continue;
    members.insert(type.member);
    CHECK(std::ranges::count(vod::EventContent::rows(), type.member, &Field::name) == 1);
  }
  CHECK(names.size() == 39);
  CHECK(members.size() == 36);
}

TEST_CASE("a wrong type at any member yields the path of that member and nothing else") {
  std::size_t members = 0;
  const Action check = [&](json::Rows rows, const Way& way) {
    for (const Field& field : rows) {
      if (field.alias || field.type->shape == Shape::any) continue;
      ++members;
      const std::string name = json::quote(field.name) + ':';
      const std::string path = way.path + '.' + std::string(field.name);
      check_wrong(way, name, path, "", field.type->shape);
      if (field.type->shape != Shape::list) continue;
      check_wrong(way, name + "[", path + "[0]", "]", field.type->element->shape);
    }
  };
  for_each_record(check);
  CHECK(members == 1623);
  for_each_old_record(check);
  CHECK(members > 1623 + 80);
}

TEST_CASE("what was written in format 2.0 is read back as it was") {
  const auto seed = Catch::rngSeed();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (const vod::OldEventType& type : vod::old_event_types()) {
    vod::OldEvent old, again;
    support::randomize(random, {.presence = 0.8, .wild = true}, type.type.rows(), &old);
    const std::string text = json::write(type.type, &old);
    json::Problems problems;
    REQUIRE(json::read(text, type.type, &again, "E", problems) == "");
    CHECK(problems.kept().empty());
    CHECK(support::same(type.type, &old, &again));
    CHECK(json::write(type.type, &again) == text);
  }
}

TEST_CASE("reading what was written gives the same record") {
  const auto seed = Catch::rngSeed();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 40; ++round) {
    const support::Look look{.presence = round % 10 * 0.1, .elements = 2, .wild = round % 2 == 0};
    const auto record = support::random_record<vod::EventContent>(random, look);
    const std::string text = json::write(record);
    vod::EventContent again;
    json::Problems problems;
    REQUIRE(json::read(text, again, "E", problems) == "");
    CHECK(problems.kept().empty());
    CHECK(support::same(record, again));
    CHECK(json::write(again) == text);
  }
}

TEST_CASE("a record with every member is read back whole") {
  std::mt19937_64 random(Catch::rngSeed());
  const support::Look look{.presence = 1, .elements = 1, .text_pieces = 3, .wild = true};
  const auto record = support::random_record<vod::EventContent>(random, look);
  vod::EventContent again;
  json::Problems problems;
  CHECK(json::read(json::write(record), again, "E", problems) == "");
  CHECK(problems.empty());
  CHECK(support::same(record, again));
}

TEST_CASE("records that differ in one value are not the same") {
  vod::ConcatTask2017 one, other;
  one.file_info_set.emplace_back().err_code = 1;
  CHECK_FALSE(support::same(one, other));
  other.file_info_set.emplace_back().err_code = 2;
  CHECK_FALSE(support::same(one, other));
  other.file_info_set[0].err_code = 1;
  CHECK(support::same(one, other));
  other.task_id = "";
  CHECK_FALSE(support::same(one, other));
}
