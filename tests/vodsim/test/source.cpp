#include "vodsim/source.h"

#include "support/temp_folder.h"

#include <catch2/catch.hpp>
#include <set>

using vodsim::EventText;

namespace {

std::vector<EventText> read(const std::vector<std::string>& paths, bool keep_handles = false) {
  std::vector<EventText> events;
  vodsim::read_files(paths, keep_handles,
                     [&](EventText event) { events.push_back(std::move(event)); });
  return events;
}

}  // namespace

TEST_CASE("an element is cut at its handle and loses nothing but white space") {
  const EventText event = vodsim::cut(
      "{ \"EventHandle\" : \"a b\",\n \"EventType\": \"X\", \"F\": \"c \\\" d\", \"N\": 1e999 }",
      false);
  CHECK(event.type == "X");
  CHECK(event.head == "{\"EventHandle\":\"");
  CHECK(event.tail == "\",\"EventType\":\"X\",\"F\":\"c \\\" d\",\"N\":1e999}");
  CHECK(event.own_handle.empty());
  CHECK(event.has_handle);
}

TEST_CASE("the handle is the outer member, wherever it stands") {
  const EventText event =
      vodsim::cut("{\"A\":{\"EventHandle\":\"inner\"},\"EventHandle\":\"outer\"}", true);
  CHECK(event.own_handle == "outer");
  CHECK(event.head == "{\"A\":{\"EventHandle\":\"inner\"},\"EventHandle\":\"");
  CHECK(event.tail == "\"}");
}

TEST_CASE("an object without a handle gets a place for one unless it is to stay as it is") {
  CHECK(vodsim::cut("{\"A\":1}", false).head == "{\"EventHandle\":\"");
  CHECK(vodsim::cut("{\"A\":1}", false).tail == "\",\"A\":1}");
  CHECK(vodsim::cut("{}", false).tail == "\"}");
  const EventText kept = vodsim::cut("{\"A\":1}", true);
  CHECK_FALSE(kept.has_handle);
  CHECK(kept.head == "{\"A\":1}");
  CHECK_FALSE(vodsim::cut("[1]", false).has_handle);
}

TEST_CASE("a file gives its elements in order, a folder its files by name") {
  const support::TempFolder folder;
  folder.write("b.json", "{\"Response\":{\"EventSet\":[{\"EventType\":\"B\"}]}}");
  folder.write("a.json",
               "{\"Response\":{\"RequestId\":\"r\",\"EventSet\":[{\"EventType\":\"A0\"},"
               "{\"EventType\":\"A1\"}]}}");
  folder.write("c.json", "{\"Response\":{\"EventSet\":null}}");
  folder.write("note.txt", "not this one");
  const auto events = read({folder.path()});
  REQUIRE(events.size() == 3);
  CHECK(events[0].type == "A0");
  CHECK(events[1].name == "a.json[1]");
  CHECK(events[2].type == "B");
}

TEST_CASE("a file that is no reply of PullEvents is named") {
  const support::TempFolder folder;
  const std::string file = folder.write("x.json", "{\"Response\":{\"RequestId\":\"r\"}}");
  CHECK_THROWS_WITH(read({file}), Catch::Contains("x.json") && Catch::Contains("EventSet"));
  const std::string open = folder.write("y.json", "{\"Response\":{\"EventSet\":[{\"A\":1},");
  CHECK_THROWS(read({open}));
  CHECK_THROWS_WITH(read({folder.path() + "/none"}), Catch::Contains("none"));
}

TEST_CASE("every sample of the fixtures is read, and keeps its handle when asked") {
  const auto events = read({FIXTURES "/samples"}, true);
  CHECK(events.size() >= 36);
  for (const EventText& event : events) {
    INFO(event.name);
    CHECK(event.has_handle);
    CHECK_FALSE(event.own_handle.empty());
    CHECK_FALSE(event.type.empty());
  }
}

TEST_CASE("generated events take all types in turn and are the same for a seed") {
  const auto generated = [](std::uint64_t seed) {
    std::vector<EventText> events;
    vodsim::generate(80, seed, 1024, [&](EventText event) { events.push_back(std::move(event)); });
    return events;
  };
  const auto events = generated(1);
  REQUIRE(events.size() == 80);
  std::set<std::string> types;
  for (const EventText& event : events) {
    CHECK(event.has_handle);
    types.insert(event.type);
  }
  CHECK(types.size() == 36);
  const auto same = generated(1), other = generated(2);
  std::size_t differing = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    CHECK(events[i].tail == same[i].tail);
    if (events[i].tail != other[i].tail) ++differing;
  }
  CHECK(differing > 40);
}
