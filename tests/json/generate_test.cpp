// The generator is run as the build runs it, on schemas that are wrong.
#include "support/process.h"
#include "support/temp_folder.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

using support::TempFolder;
using Arguments = std::vector<std::string>;

std::string contents(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

struct Outcome {
  int status = -1;
  std::string told;
};

Outcome run(Arguments arguments) {
  arguments.insert(arguments.begin(), BINARIES "/generate");
  support::Process process(arguments);
  const int status = process.wait(std::chrono::seconds(20)).value_or(-1);
  return {status, process.out() + process.err()};
}

// What is told of a schema, without its path.
std::string complaint(const std::string& schema) {
  const TempFolder folder;
  const std::string path = folder.write("s", schema);
  const Outcome outcome = run({path, folder / "out"});
  CHECK(outcome.status == (outcome.told.empty() ? 0 : 1));
  CHECK(std::filesystem::exists(folder / "out") == outcome.told.empty());
  return outcome.told.starts_with(path) ? outcome.told.substr(path.size()) : outcome.told;
}

std::string members(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "  M" + std::to_string(i) + " text\n";
  return text;
}

const std::string content =
    "record EventContent\n  T Task\n  S text\n  L Task[]\nrecord Task\n  Id text\n";

}  // namespace

TEST_CASE("a schema in which all is well is taken") {
  CHECK(complaint("# nothing\n\nrecord A  Doc.\n  X  B[]  Doc.\nrecord B\n  Y natural\n") == "");
  CHECK(complaint(content + "event Type T Old Older\nevent Type2 T\nevent None -\n") == "");
  CHECK(complaint("record A\n" + members(64)) == "");
  CHECK(complaint("record A\n  X any\n  Y any[]\n") == "");
}

TEST_CASE("what is wrong with a schema is told with its line") {
  CHECK(complaint("record A\n  X B\n") == ":2: no type called 'B'\n");
  CHECK(complaint("record A\n  X text[][]\n") == ":2: no type called 'text[]'\n");
  CHECK(complaint("record A\n  X boolean[]\n") == ":2: there are no lists of boolean\n");
  CHECK(complaint("record A\n  X\n") == ":2: member 'X' has no type\n");
  CHECK(complaint("\n  X text\n") == ":2: member 'X' stands before any record\n");
  CHECK(complaint("records A\n") ==
        ":1: expected 'record', 'event' or 'old-event', got 'records'\n");
  CHECK(complaint("record A\nrecord B\n  X text\n") == ":1: record 'A' is empty\n");
  CHECK(complaint("record A\n" + members(65)) == ":1: record 'A' has more than 64 members\n");
}

TEST_CASE("names have to be names in every language that is generated") {
  const std::string rule = "' is no name: letters and digits, the first a letter\n";
  CHECK(complaint("record\n  X text\n") == ":1: '" + rule);
  CHECK(complaint("record A\n  X_Y text\n") == ":2: 'X_Y" + rule);
  CHECK(complaint("record A\n  1X text\n") == ":2: '1X" + rule);
  CHECK(complaint("event X-y T\n") == ":1: 'X-y" + rule);
  CHECK(complaint("record a\n  X text\n") == ":1: 'a' has to begin with a capital\n");
  CHECK(complaint("event x T\n") == ":1: 'x' has to begin with a capital\n");
  CHECK(complaint("record A\n  x text\n") == "");
}

TEST_CASE("nothing stands in a schema twice") {
  CHECK(complaint("record A\n  X text\nrecord A\n  X text\n") ==
        ":3: record 'A' stands here twice\n");
  CHECK(complaint("record A\n  X text\n  X text\n") == ":3: member 'X' of 'A' stands here twice\n");
  CHECK(complaint("record A\n  Id text\n  ID text\n") ==
        ":3: member 'ID' of 'A' stands here twice\n");
  CHECK(complaint(content + "event E T\nevent E T\n") == ":8: event 'E' stands here twice\n");
  CHECK(complaint(content + "event E T S\n")
            .ends_with("member 'S' of 'EventContent' stands here twice\n"));
}

TEST_CASE("no record contains itself") {
  CHECK(complaint("record A\n  X A\n") == ":2: 'A' contains itself through 'X'\n");
  CHECK(complaint("record A\n  X B[]\nrecord B\n  Y C\nrecord C\n  Z A\n") ==
        ":6: 'A' contains itself through 'Z'\n");
}

TEST_CASE("an event and an older name belong to a record of EventContent") {
  CHECK(complaint(content + "event E X\n") == ":7: no record 'X' in EventContent\n");
  CHECK(complaint(content + "event E S\n") == ":7: no record 'S' in EventContent\n");
  CHECK(complaint(content + "event E L\n") == ":7: no record 'L' in EventContent\n");
  CHECK(complaint(content + "event E X Old\n") == ":7: no record 'X' in EventContent\n");
  CHECK(complaint(content + "event E - Old\n") == ":7: no record '-' in EventContent\n");
  CHECK(complaint(content + "event E\n") == ":7: an event has an EventType and a member\n");
  CHECK(complaint("event E X\n") == ":1: there is no record EventContent\n");
}

TEST_CASE("an old event has a record of its own") {
  const std::string root = "record OldEvent\n  eventType text\nrecord A\n  x text\n";
  CHECK(complaint(root + "old-event E A\nold-event F A\n") == "");
  CHECK(complaint(root + "old-event E\n") == ":5: an old event has an EventType and a record\n");
  CHECK(complaint(root + "old-event E B\n") == ":5: no type called 'B'\n");
  CHECK(complaint(root + "old-event E text\n") == ":5: 'text' has to begin with a capital\n");
  CHECK(complaint(root + "old-event E A\nold-event E A\n") ==
        ":6: member 'E' of 'OldEvent' stands here twice\n");
  CHECK(complaint("record A\n  x text\nold-event E A\n") == ":3: there is no record OldEvent\n");
}

TEST_CASE("views of the two formats keep apart") {
  const TempFolder folder;
  const std::string old = "record OldEvent\n  eventType text\nrecord Old\n  id text\n  l any[]\n";
  const std::string schema = folder.write("s", content + "event E T\n" + old + "old-event E Old\n");
  REQUIRE(run({schema, folder.path()}).told == "");
  const std::string views = contents(folder / "inbox/schema.cpp");
  const auto view = [&](const std::string& name) {
    const std::size_t begin = views.find("CREATE VIEW \"" + name + '"');
    REQUIRE(begin != views.npos);
    return views.substr(begin, views.find(';', begin) - begin);
  };
  CHECK_THAT(view("E"), Catch::Contains("'$.T.Id') AS \"Id_\""));
  CHECK_THAT(view("E"), Catch::Contains("e.event_type IN ('E') AND e.format = 'v3.0'"));
  CHECK_THAT(view("v2_E"), Catch::Contains("'$.data.id') AS \"id_\""));
  CHECK_THAT(view("v2_E"), Catch::Contains("e.event_type IN ('E') AND e.format = 'v2.0'"));
  CHECK_THAT(view("v2_E_l"), Catch::Contains("json_each(p.json, '$.data.l')"));
}

TEST_CASE("a column gives way to those that every view has") {
  const TempFolder folder;
  const std::string schema = folder.write("s", content + "  Item text\n  Other text\nevent E T\n");
  REQUIRE(run({schema, folder.path()}).told == "");
  const std::string views = contents(folder / "inbox/schema.cpp");
  CHECK(views.find("'$.T.Id') AS \"Id_\"") != views.npos);
  CHECK(views.find("'$.T.Item') AS \"Item_\"") != views.npos);
  CHECK(views.find("'$.T.Other') AS \"Other\"") != views.npos);
}

TEST_CASE("migrations are embedded in the order of their numbers") {
  const TempFolder folder;
  Arguments arguments = {folder.write("s", content), folder.path()};
  for (int n : {10, 2, 1, 3, 9, 4, 8, 7, 5, 6}) {
    const std::string number = std::to_string(n);
    arguments.push_back(folder.write("inbox-" + number + ".sql", "-- number " + number + "\n"));
  }
  arguments.push_back(folder.write("views.sql", "-- common"));
  CHECK(run(arguments).told == "");
  const std::string embedded = contents(folder / "inbox/schema.cpp");
  CHECK(embedded.find("migration_count = 10;") != embedded.npos);
  CHECK(embedded.find("-- common") != embedded.npos);
  for (int n = 1; n < 10; ++n) {
    const auto place = [&](int number) {
      return embedded.find("number " + std::to_string(number) + "\n");
    };
    CHECK(place(n) < place(n + 1));
    CHECK(place(n + 1) != embedded.npos);
  }
}

TEST_CASE("a migration that is missing or misnamed ends the generation") {
  const TempFolder folder;
  const std::string schema = folder.write("s", content), out = folder.path();
  const std::string one = folder.write("inbox-1.sql", "");
  const std::string three = folder.write("inbox-3.sql", "");
  const std::string odd = folder.write("inbox-1b.sql", "");
  CHECK(run({schema, out, one, three}).told == "generate: inbox-2.sql is missing\n");
  CHECK(run({schema, out, three}).told == "generate: inbox-1.sql is missing\n");
  CHECK(run({schema, out, odd}).told ==
        "generate: inbox-1b.sql is neither inbox-<n>.sql nor views.sql\n");
  CHECK(run({schema, out, folder / "inbox-1.sq"}).status == 1);
  CHECK(run({}).status == 2);
}
