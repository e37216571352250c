// The samples: replies with one event of each type that together fill every member of the schema,
// replies of the kind that vendor documents show, and oddities.
#include "json/write.h"
#include "support/element.h"
#include "support/sample.h"
#include "support/says_the_same.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <set>
#include <string>

namespace {

namespace fs = std::filesystem;
using Kept = std::vector<std::string>;

const std::string samples = FIXTURES "/samples/";

std::vector<fs::path> files(const std::string& folder) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_regular_file()) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

Kept problems_in(const std::vector<std::string>& events) {
  Kept all;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto decoded = support::decode(events[i], i);
    CHECK(decoded.unreadable == "");
    CHECK_FALSE(decoded.handle.empty());
    CHECK_FALSE(decoded.event_type.empty());
    const auto& kept = decoded.problems.kept();
    all.insert(all.end(), kept.begin(), kept.end());
  }
  return all;
}

}  // namespace

TEST_CASE("each type of event has a sample, which is decoded without a problem and kept whole") {
  std::set<std::string_view> members;
  for (const fs::path& path : files(samples)) {
    const bool synthetic = !path.filename().string().starts_with("seed-");
    for (const std::string& event : support::events_in(path)) {
      CAPTURE(path.filename());
      const auto decoded = support::decode(event, 0);
      CHECK(decoded.unreadable == "");
      CHECK(decoded.problems.kept().empty());
      CHECK_FALSE(decoded.member.empty());
      if (synthetic) {
        CHECK(decoded.event_type == path.stem());
        members.insert(decoded.member);
      }
      std::string place;
      CHECK(support::says_the_same(event, json::write(decoded.content), place));
      CHECK(place == "");
    }
  }
  CHECK(members.size() == 36);
}

TEST_CASE("the oddities are decoded, each with the problems it has") {
  const std::map<std::string, Kept> expected = {
      {"batch-16-mixed", {}},
      {"no-known-member", {"EventSet[0]: no known member is filled"}},
      {"null-where-not-nullable", {}},
      {"nulls-omitted", {}},
      {"number-for-string",
       {"EventSet[0].ComposeMediaCompleteEvent.Output.FileId: expected text, got number "
        "5285485487985271490, taken"}},
      {"old-member-names",
       {"EventSet[0].EditMediaComplete: older name of EditMediaCompleteEvent",
        "EventSet[1].WechatPublishComplete: older name of WechatPublishCompleteEvent"}},
      {"redelivery-other-handle", {}},
      {"redelivery-same-handle", {}},
      {"same-task-two-states", {}},
      {"task-failed", {"EventSet[0].PullCompleteEvent.ErrCodeExt: unknown member"}},
      {"unknown-event-type",
       {"EventSet[0].FutureThingCompleteEvent: unknown member",
        "EventSet[0]: no known member is filled", "EventSet[0].EventType: unknown type"}}};
  std::size_t checked = 0;
  for (const fs::path& path : files(samples + "edge")) {
    CAPTURE(path.stem());
    REQUIRE(expected.contains(path.stem().string()));
    CHECK(problems_in(support::events_in(path)) == expected.at(path.stem().string()));
    ++checked;
  }
  CHECK(checked == expected.size());
}

TEST_CASE("events under older names are decoded with all that they hold") {
  const auto events = support::events_in(samples + "edge/old-member-names.json");
  REQUIRE(events.size() == 2);
  const auto edit = support::decode(events[0], 0);
  CHECK(edit.member == "EditMediaCompleteEvent");
  CHECK(edit.identity.task_id == edit.content.edit_media_complete_event->task_id);
  CHECK(edit.identity.task_id);
  CHECK(support::decode(events[1], 1).member == "WechatPublishCompleteEvent");
}

TEST_CASE("a redelivery has the fingerprint of the first delivery") {
  const auto prints = [](const std::string& name) {
    const auto events = support::events_in(samples + "edge/" + name);
    REQUIRE(events.size() == 2);
    return std::pair(vod::fingerprint(events[0], true), vod::fingerprint(events[1], true));
  };
  const auto other_handle = prints("redelivery-other-handle.json");
  CHECK(other_handle.first == other_handle.second);
  const auto two_states = prints("same-task-two-states.json");
  CHECK(two_states.first != two_states.second);
}

TEST_CASE("random events of each type are decoded and have the size that was asked for") {
  const auto seed = Catch::rngSeed();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (const vod::EventType& type : vod::event_types()) {
    if (type.member.empty()) continue;
    for (std::size_t bytes : {1'000U, 20'000U}) {
      const std::string event =
          support::sample_event(random, type.name, "h-\"1\"", bytes, bytes < 2'000);
      const auto decoded = support::decode(event, 0);
      CAPTURE(event);
      CHECK(decoded.unreadable == "");
      CHECK(decoded.problems.kept().empty());
      CHECK(decoded.handle == "h-\"1\"");
      CHECK(decoded.event_type == type.name);
      CHECK(decoded.member == type.member);
      const std::size_t size = json::write(decoded.content).size();
      CHECK(size >= bytes);
      CHECK(size < bytes + 300);
    }
  }
}
