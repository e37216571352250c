// Bodies as nobody should send them: whatever one is, each of its items is accounted for.
#include "intake/arrival.h"
#include "support/mutate.h"
#include "support/sample.h"
#include "vod/contents.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

namespace {

std::vector<std::string> bodies() {
  std::vector<std::string> all;
  for (const char* folder : {"legacy", "normal", "edge"})
    for (const auto& entry :
         std::filesystem::directory_iterator(FIXTURES "/samples/" + std::string(folder)))
      all.push_back(support::text_of(entry.path().string()));
  return all;
}

bool lies_in(std::string_view part, std::string_view whole) {
  return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

// An event that is read again as it was, or something to put aside.
bool is_accounted_for(const inbox::Arrival& arrival) {
  if (arrival.fingerprint.size() != 32) return false;
  if (!arrival.unreadable.empty()) return intake::fits(arrival.fingerprint, arrival.json, "");
  const inbox::Arrival again = intake::read_again(arrival.json, arrival.format);
  return again.unreadable.empty() && again.fingerprint == arrival.fingerprint &&
         (again.handle.empty() || again.handle == arrival.handle);
}

constexpr int rounds = 20'000;

}  // namespace

TEST_CASE("a body that is broken anywhere gives events, or a reason why not") {
  const auto seed = Catch::rngSeed();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  const std::vector<std::string> whole = bodies();
  int events = 0, unreadable = 0, objections = 0;
  for (int round = 0; round < rounds; ++round) {
    std::string text = whole[support::below(random, whole.size())];
    support::mutate(random, text, 0, text.size());
    const vod::Contents found = vod::contents(text);
    bool sound = found.kind != vod::Kind::other || !found.objection.empty();
    for (const vod::Item& item : found.items) {
      const auto arrival = intake::to_arrival(item.slice, item.form, item.path, item.handle);
      sound = sound && lies_in(item.slice, text) && is_accounted_for(arrival);
      ++(arrival.unreadable.empty() ? events : unreadable);
    }
    if (!sound) FAIL("round " << round << ": " << text);
    objections += found.objection.empty() ? 0 : 1;
  }
  // All three were met.
  CHECK(events > rounds / 10);
  CHECK(unreadable > rounds / 20);
  CHECK(objections > rounds / 20);
}
