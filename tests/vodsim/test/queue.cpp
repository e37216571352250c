#include "vodsim/queue.h"

#include <catch2/catch.hpp>
#include <map>
#include <set>

using namespace std::chrono_literals;
using base::Instant;
using vodsim::Loss;
using vodsim::Queue;
using vodsim::Rules;
using vodsim::Verdict;

namespace {

constexpr Instant start{1000s};

vodsim::EventText event(const std::string& name) {
  return {name, "ConcatComplete", "{\"EventHandle\":\"", "\",\"Name\":\"" + name + "\"}", {}};
}

Queue queue_of(std::size_t count, Rules rules = {}) {
  Queue queue(rules);
  for (std::size_t i = 0; i < count; ++i) queue.add(event(std::to_string(i)), start);
  return queue;
}

// The handles in a list of events as pull() writes it.
std::vector<std::string> handles_in(const std::string& json) {
  std::vector<std::string> handles;
  const std::string mark = "{\"EventHandle\":\"";
  for (auto at = json.find(mark); at != std::string::npos; at = json.find(mark, at + 1)) {
    const std::size_t begin = at + mark.size();
    handles.push_back(json.substr(begin, json.find('"', begin) - begin));
  }
  return handles;
}

std::vector<std::string> pull(Queue& queue, Instant now) {
  std::string json;
  const std::size_t count = queue.pull(now, 16, json);
  const auto handles = handles_in(json);
  REQUIRE(handles.size() == count);
  return handles;
}

bool balanced(Queue& queue, Instant now) {
  const auto counts = queue.counts(now);
  return counts.events == counts.coming + counts.waiting + counts.leased + counts.confirmed;
}

}  // namespace

TEST_CASE("a pull gives at most what was asked for, as one list of JSON") {
  Queue queue = queue_of(3);
  std::string json;
  CHECK(queue.pull(start, 2, json) == 2);
  const auto handles = handles_in(json);
  REQUIRE(handles.size() == 2);
  CHECK(json == "{\"EventHandle\":\"" + handles[0] + "\",\"Name\":\"0\"},{\"EventHandle\":\"" +
                    handles[1] + "\",\"Name\":\"1\"}");
  CHECK(handles[0] != handles[1]);
  CHECK(handles[0].size() == 19);
  CHECK(queue.counts(start).waiting == 1);
}

TEST_CASE("a confirm counts until the lease ends, and not at that moment") {
  Queue queue = queue_of(2);
  const auto handles = pull(queue, start);
  CHECK(queue.confirm({{handles[0]}}, start + 30s - 1ns) == Verdict::confirmed);
  CHECK(queue.confirm({{handles[1]}}, start + 30s) == Verdict::refused);
  CHECK(queue.counts(start + 30s).confirmed == 1);
  CHECK(queue.counts(start + 30s).waiting == 1);
  CHECK(queue.counts(start + 30s).confirms_refused == 1);
}

TEST_CASE("an event that is not confirmed comes again, and a confirmed one does not") {
  Queue queue = queue_of(2);
  const auto handles = pull(queue, start);
  REQUIRE(queue.confirm({{handles[0]}}, start) == Verdict::confirmed);
  CHECK(pull(queue, start + 29s).empty());
  CHECK(pull(queue, start + 30s).size() == 1);
  CHECK(queue.counts(start + 30s).redelivered == 1);
  CHECK(queue.events()[0].pulls == 1);
  CHECK(queue.events()[1].pulls == 2);
}

TEST_CASE("with new handles only the newest confirms") {
  Queue queue = queue_of(1);
  const auto first = pull(queue, start);
  const auto second = pull(queue, start + 30s);
  REQUIRE(second.size() == 1);
  CHECK(first != second);
  CHECK(queue.confirm(first, start + 31s) == Verdict::refused);
  CHECK(queue.confirm(second, start + 31s) == Verdict::confirmed);
  CHECK(queue.drained());
}

TEST_CASE("with the same handle a redelivery makes it good again") {
  Queue queue = queue_of(1, {.new_handles = false});
  const auto first = pull(queue, start);
  CHECK(queue.confirm(first, start + 30s) == Verdict::refused);
  CHECK(pull(queue, start + 30s) == first);
  CHECK(queue.confirm(first, start + 31s) == Verdict::confirmed);
  CHECK(queue.events()[0].handles.size() == 1);
}

TEST_CASE("one bad handle refuses an atomic batch and not the rest of a partial one") {
  const bool atomic = GENERATE(true, false);
  Queue queue = queue_of(2, {.atomic_batch = atomic});
  auto handles = pull(queue, start);
  handles.push_back("1234567890123456789");
  CHECK(queue.confirm(handles, start) == Verdict::refused);
  CHECK(queue.counts(start).confirmed == (atomic ? 0 : 2));
}

TEST_CASE("confirming again what is confirmed is refused or accepted as asked") {
  const bool accept = GENERATE(true, false);
  Queue queue = queue_of(1, {.accept_again = accept});
  const auto handles = pull(queue, start);
  REQUIRE(queue.confirm(handles, start) == Verdict::confirmed);
  CHECK(queue.confirm(handles, start) == (accept ? Verdict::confirmed : Verdict::refused));
  CHECK(queue.counts(start).confirmed == 1);
}

TEST_CASE("a lost confirm is answered with success and its event comes once more") {
  Queue queue = queue_of(1, {.loss_percent = 100, .loss = Loss::confirm});
  CHECK(queue.confirm(pull(queue, start), start) == Verdict::confirmed);
  CHECK(queue.counts(start).leased == 1);
  CHECK(queue.confirm(pull(queue, start + 30s), start + 30s) == Verdict::confirmed);
  CHECK(queue.drained());
}

TEST_CASE("a lost lease ends at once, and never within its own pull") {
  Queue queue = queue_of(1, {.loss_percent = 100, .loss = Loss::lease});
  const auto first = pull(queue, start);
  REQUIRE(first.size() == 1);
  const auto second = pull(queue, start);
  REQUIRE(second.size() == 1);
  CHECK(queue.confirm(first, start) == Verdict::refused);
  CHECK(queue.confirm(second, start) == Verdict::confirmed);
  CHECK(balanced(queue, start));
}

TEST_CASE("a lost request has no effect, a lost reply has it, and both happen once") {
  const Loss loss = GENERATE(Loss::request, Loss::reply);
  Queue queue = queue_of(2, {.loss_percent = 100, .loss = loss});
  const auto handles = pull(queue, start);
  const bool effect = loss == Loss::reply;
  CHECK(queue.confirm(handles, start) == (effect ? Verdict::reply_lost : Verdict::request_lost));
  CHECK(queue.counts(start).confirmed == (effect ? 2 : 0));
  CHECK(queue.confirm(handles, start) == (effect ? Verdict::refused : Verdict::confirmed));
  CHECK(queue.drained());
}

TEST_CASE("what is lost depends on the seed alone, not on who pulls when") {
  const auto lost = [](std::uint64_t seed, std::size_t pulls_before) {
    Queue queue({.loss_percent = 30, .seed = seed});
    std::string json;
    std::vector<bool> marks;
    for (std::size_t i = 0; i < 200; ++i) {
      queue.add(event(std::to_string(i)), start);
      marks.push_back(queue.events().back().to_lose);
      if (i < pulls_before) queue.pull(start, 1, json);
    }
    return marks;
  };
  CHECK(lost(1, 0) == lost(1, 100));
  CHECK(lost(1, 0) != lost(2, 0));
  const auto marks = lost(1, 0);
  const auto count = std::count(marks.begin(), marks.end(), true);
  CHECK(count > 30);
  CHECK(count < 90);
}

TEST_CASE("events arrive at their time, and the queue tells the next one") {
  Queue queue({});
  CHECK_FALSE(queue.next_change());
  queue.add(event("0"), start + 1s);
  queue.add(event("1"), start + 2s);
  CHECK_FALSE(queue.has_waiting(start));
  CHECK(queue.next_change() == start + 1s);
  const auto first = pull(queue, start + 1s);
  REQUIRE(first.size() == 1);
  CHECK(queue.next_change() == start + 2s);
  REQUIRE(pull(queue, start + 2s).size() == 1);
  CHECK(queue.next_change() == start + 31s);
  REQUIRE(queue.confirm(first, start + 3s) == Verdict::confirmed);
  CHECK(queue.next_change() == start + 32s);
}

TEST_CASE("an event keeps the handle it came with for its first delivery") {
  Queue queue({});
  auto text = event("0");
  text.own_handle = "EventHandle.N";
  queue.add(text, start);
  CHECK(pull(queue, start) == std::vector<std::string>{"EventHandle.N"});
  CHECK(pull(queue, start + 30s) != std::vector<std::string>{"EventHandle.N"});
}

TEST_CASE("two events with one handle are confirmed together") {
  Queue queue({});
  auto text = event("0");
  text.own_handle = "twice";
  queue.add(text, start);
  queue.add(text, start);
  REQUIRE(pull(queue, start).size() == 2);
  CHECK(queue.confirm({{"twice"}}, start) == Verdict::confirmed);
  CHECK(queue.drained());
}

TEST_CASE("an element without a place for a handle is delivered as it is and never confirmed") {
  Queue queue({});
  queue.add({"odd", "", "[1]", "", "", false}, start);
  std::string json;
  CHECK(queue.pull(start, 16, json) == 1);
  CHECK(json == "[1]");
  CHECK(queue.confirm({{""}}, start) == Verdict::refused);
  json.clear();
  CHECK(queue.pull(start + 30s, 16, json) == 1);
}

// Pulls, confirms and waits at random; whatever happens, the account balances, no handle is given
// twice, and in the end everything is confirmed.
TEST_CASE("whatever a client does, the account balances and everything drains") {
  const auto loss = GENERATE(Loss::confirm, Loss::lease, Loss::request, Loss::reply);
  const bool atomic = GENERATE(true, false);
  const auto seed = GENERATE(range(1, 6));
  std::mt19937_64 random(static_cast<std::uint64_t>(seed));
  Queue queue({.atomic_batch = atomic, .loss_percent = 20, .loss = loss});
  for (int i = 0; i < 300; ++i) queue.add(event(std::to_string(i)), start + i * 100ms);
  std::set<std::string> seen;
  std::vector<std::string> held;
  Instant now = start;
  std::size_t steps = 0;
  for (; !queue.drained() && steps < 100'000; ++steps) {
    now += std::chrono::milliseconds(random() % (random() % 50 == 0 ? 40'000 : 300));
    if (random() % 2 == 0) {
      for (const auto& handle : pull(queue, now)) {
        REQUIRE(seen.insert(handle).second);
        held.push_back(handle);
      }
    } else if (!held.empty()) {
      const std::size_t count = std::min<std::size_t>(held.size(), 1 + random() % 4);
      const std::vector<std::string> batch(held.end() - static_cast<std::ptrdiff_t>(count),
                                           held.end());
      held.resize(held.size() - count);
      queue.confirm(batch, now);
    }
    REQUIRE(balanced(queue, now));
  }
  CHECK(queue.drained());
  const auto counts = queue.counts(now);
  CHECK(counts.delivered == seen.size());
  CHECK(counts.delivered - counts.redelivered == 300);
}
