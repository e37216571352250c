// Replies as no server should send them.  One element that is broken costs itself at most, and
// nothing that can arrive costs the program.
#include "json/slice.h"
#include "json/write.h"
#include "support/element.h"
#include "support/mutate.h"
#include "support/sample.h"

#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

namespace {

using Random = std::mt19937_64;
using support::below;
using support::mutate;

// Is `text` one value from its first byte to its last, as far as strings and brackets tell? Written
// another way than the cursor, against which it stands.
bool is_one_value(const std::string& text) {
  std::vector<char> open;
  bool in_string = false, escaped = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (!escaped && c == '"') in_string = false;
      escaped = !escaped && c == '\\';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      open.push_back(c);
    } else if (c == '}' || c == ']') {
      if (open.empty()) return false;
      open.pop_back();
    }
    if (open.empty() && i + 1 < text.size()) return false;
  }
  return open.empty() && !in_string;
}

// 16 small events, of types in turn.
std::vector<std::string> batch(Random& random) {
  std::vector<std::string> events;
  for (std::size_t i = 0; i < 16; ++i) {
    const auto type = vod::event_types()[below(random, 36)].name;
    events.push_back(support::sample_event(random, type, "handle-" + std::to_string(i), 200));
  }
  return events;
}

std::string joined(const std::vector<std::string>& events) {
  std::string reply = "[";
  for (const std::string& event : events) reply += (reply.size() > 1 ? ", " : "") + event;
  return reply + ']';
}

std::vector<std::string_view> cut(std::string_view reply) {
  json::Cursor cursor(reply);
  std::vector<std::string_view> slices;
  cursor.enter_array();
  while (cursor.element()) slices.push_back(cursor.value());
  if (cursor.failed()) slices.clear();
  return slices;
}

bool decodes_alike(std::string_view slice, const std::string& event, std::size_t index) {
  const auto now = support::decode(slice, index), before = support::decode(event, index);
  return now.unreadable.empty() && before.unreadable.empty() && now.handle == before.handle &&
         json::write(now.content) == json::write(before.content) &&
         vod::fingerprint(slice, true) == vod::fingerprint(event, true);
}

// Whatever came of a slice, it has to be of use: a fingerprint can be taken, and the slice is
// either an event with a handle or told to be none.
bool is_accounted_for(std::string_view slice) {
  const auto decoded = support::decode(slice, 0);
  const bool readable = decoded.unreadable.empty();
  return vod::fingerprint(slice, readable).size() == 32 && (!readable || !decoded.handle.empty());
}

constexpr int rounds = 100'000;
constexpr int rounds_a_batch = 500;

}  // namespace

TEST_CASE("an element that is broken inside leaves its neighbours as they are") {
  const auto seed = Catch::rngSeed();
  CAPTURE(seed);
  Random random(seed);
  std::vector<std::string> events;
  int unreadable = 0;
  for (int round = 0; round < rounds; ++round) {
    if (round % rounds_a_batch == 0) events = batch(random);
    const std::size_t victim = below(random, events.size());
    const std::string sound = events[victim];
    do {
      events[victim] = sound;
      mutate(random, events[victim], 1, sound.size() - 1);
    } while (!is_one_value(events[victim]));
    const std::string reply = joined(events);
    const auto slices = cut(reply);
    // Equal bytes decode to the same; one neighbour is decoded all the same.
    const std::size_t neighbour = (victim + 1 + below(random, 15)) % 16;
    const bool kept =
        slices.size() == 16 && std::equal(slices.begin(), slices.end(), events.begin());
    if (!kept || !is_accounted_for(slices[victim]) ||
        (round % 16 == 0 && !decodes_alike(slices[neighbour], events[neighbour], neighbour))) {
      FAIL("round " << round << ": " << reply);
    }
    unreadable += support::decode(slices[victim], victim).unreadable.empty() ? 0 : 1;
    events[victim] = sound;
  }
  // Both kinds were met.
  CHECK(unreadable > rounds / 10);
  CHECK(unreadable < rounds - rounds / 10);
}

TEST_CASE("a reply that is broken anywhere is decoded as far as it goes") {
  const auto seed = Catch::rngSeed();
  CAPTURE(seed);
  Random random(seed);
  std::vector<std::string> events;
  std::string whole;
  int outlines_lost = 0;
  for (int round = 0; round < rounds; ++round) {
    if (round % rounds_a_batch == 0) {
      events = batch(random);
      whole = joined(events);
    }
    std::string reply = whole;
    mutate(random, reply, 0, reply.size());
    const auto slices = cut(reply);
    outlines_lost += slices.empty() ? 1 : 0;
    for (std::size_t i = 0; i < slices.size(); ++i) {
      const bool untouched = i < events.size() && slices[i] == events[i];
      if (!untouched && !is_accounted_for(slices[i])) FAIL("round " << round << ": " << reply);
    }
  }
  CHECK(outlines_lost > rounds / 10);
  CHECK(outlines_lost < rounds - rounds / 10);
}
