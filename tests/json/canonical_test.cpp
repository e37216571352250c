#include "json/canonical.h"

#include "json/slice.h"
#include "support/sample.h"
#include "vod/events.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

namespace {

using json::canonical;
using Random = std::mt19937_64;

constexpr std::string_view handle[] = {"EventHandle"};

std::string space(Random& random) { return std::string(random() % 3, " \n\t\r"[random() % 4]); }

// `text` with its members in another order, other white space, and members that are null.
std::string disguised(std::string_view text, Random& random) {
  json::Cursor cursor(text);
  std::vector<std::string> parts;
  const char kind = cursor.peek();
  if (kind == '{') {
    cursor.enter_object();
    for (std::string_view name; cursor.member(name);) {
      const std::string value = disguised(cursor.value(), random);
      parts.push_back('"' + std::string(name) + '"' + space(random) + ':' + value);
    }
    if (random() % 2) parts.push_back(R"("Null)" + std::to_string(random() % 10) + R"(": null)");
    std::shuffle(parts.begin(), parts.end(), random);
  } else if (kind == '[') {
    cursor.enter_array();
    while (cursor.element()) parts.push_back(disguised(cursor.value(), random));
  } else {
    return space(random) + std::string(text) + space(random);
  }
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ",") + space(random) + part;
  return space(random) + kind + out + space(random) + (kind == '{' ? '}' : ']') + space(random);
}

// The place of each value that is no object or array.
void scalars(std::string_view text, const char* start,
             std::vector<std::pair<std::size_t, std::size_t>>& places) {
  json::Cursor cursor(text);
  if (cursor.peek() == '{') {
    cursor.enter_object();
    for (std::string_view name; cursor.member(name);) scalars(cursor.value(), start, places);
  } else if (cursor.peek() == '[') {
    cursor.enter_array();
    while (cursor.element()) scalars(cursor.value(), start, places);
  } else {
    places.emplace_back(text.data() - start, text.size());
  }
}

}  // namespace

TEST_CASE("the canonical form sorts members and drops nulls and white space") {
  CHECK(canonical(" { } ") == "{}");
  CHECK(canonical(R"({"b":1,"a":{"d":null,"c":[ 3 , {"z":1,"y":null} , null,[]]}})") ==
        R"({"a":{"c":[3,{"z":1},null,[]]},"b":1})");
}

TEST_CASE("numbers stay as they were received") {
  CHECK(canonical(R"({"b" : -0, "a" : 1.50e+0 })") == R"({"a":1.50e+0,"b":-0})");
}

TEST_CASE("the escapes of strings and names do not count") {
  const std::string plain = "{\"a/\":\"x \xe4\xb8\xad/\xf0\x9f\x98\x80\",\"b\":\"\\\"\\\\\\n\"}";
  CHECK(canonical(plain) == plain);
  CHECK(canonical(R"({"\u0062":"\u0022\u005C\u000a","a\/":"x \u4E2d\/\ud83D\uDE00"})") == plain);
  CHECK(canonical(R"({"a":"\u0000"})") != canonical(R"({"a":""})"));
  const std::string_view without[] = {"EventHandle"};
  CHECK(canonical(R"({"Event\u0048andle":"h","a":1})", without) == R"({"a":1})");
}

TEST_CASE("members of the outermost object can be left out") {
  const std::string_view one[] = {"H"}, both[] = {"H", "T"};
  const std::string text = R"({"H":"1","T":2,"a":{"H":"2"},"b":[{"H":3,"T":4}]})";
  CHECK(canonical(text, one) == R"({"T":2,"a":{"H":"2"},"b":[{"H":3,"T":4}]})");
  CHECK(canonical(text, both) == R"({"a":{"H":"2"},"b":[{"H":3,"T":4}]})");
  CHECK(canonical(R"({"H":{"x":1}})", both) == "{}");
}

TEST_CASE("members of the same name keep their order") {
  CHECK(canonical(R"({"b":0,"a":2,"a":1})") == R"({"a":2,"a":1,"b":0})");
}

TEST_CASE("order, spacing and nulls do not change the canonical form") {
  const auto seed = Catch::rngSeed();
  CAPTURE(seed);
  Random random(seed);
  for (int round = 0; round < 200; ++round) {
    const auto type = vod::event_types()[random() % 36].name;
    const std::string event = support::sample_event(random, type, "h", 500 + random() % 3000);
    const std::string form = canonical(event, handle);
    CHECK(canonical(disguised(event, random), handle) == form);
    CHECK(canonical(form) == form);
  }
}

TEST_CASE("any change of a value changes the canonical form") {
  const auto seed = Catch::rngSeed();
  CAPTURE(seed);
  Random random(seed);
  for (int round = 0; round < 50; ++round) {
    const auto type = vod::event_types()[random() % 36].name;
    const std::string event = support::sample_event(random, type, "h", 1000);
    const std::string form = canonical(event, handle);
    std::vector<std::pair<std::size_t, std::size_t>> places;
    scalars(event, event.data(), places);
    for (std::size_t i = 1; i < places.size(); ++i) {  // the first is the handle
      std::string changed = event;
      changed.replace(places[i].first, places[i].second,
                      event[places[i].first] == '"' ? "\"changed\"" : "-1");
      if (canonical(changed, handle) == form) FAIL("no difference in " << changed);
    }
    CHECK(places.size() > 2);
  }
}
