// What the log says of trouble that lasts: Summary by itself, then behind Log.
#include "base/log.h"

#include "base/summary.h"
#include "support/fake_clock.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using base::Field;
using base::Level;
using base::Message;
using Lines = std::vector<std::string>;

constexpr Message trouble{.level = Level::warning, .text = "trouble", .id = {}, .explanation = {}};
constexpr Message other{.level = Level::error, .text = "other", .id = {}, .explanation = {}};
constexpr Message each{
    .level = Level::error, .text = "each", .id = {}, .explanation = {}, .burst = 16};
constexpr Message fine{
    .level = Level::notice, .text = "fine", .id = {}, .explanation = {}, .ends = &trouble};
constexpr Message fact{.level = Level::info, .text = "fact", .id = {}, .explanation = {}};

Lines text(const std::vector<base::Summary::Line>& lines) {
  Lines list;
  for (const auto& line : lines) list.push_back(base::line(*line.message, line.fields));
  return list;
}

struct Fixture {
  support::FakeClock clock;
  Lines lines;
  base::Log log{Level::info, clock, [this](const Message& message, auto fields) {
                  lines.push_back(base::line(message, fields));
                }};

  // As the loop does, each second.
  void pass(std::chrono::seconds time) {
    for (; time > 0s; time -= 1s) {
      clock.advance(1s);
      log.tick();
    }
  }
};

}  // namespace

TEST_CASE("trouble is told at once, counted for 30 s, and told again with what came last") {
  base::Summary summary;
  base::Instant now{1h};
  for (int attempt = 1; attempt <= 30; ++attempt, now += 1s) {
    const Field fields[] = {{"error_code", "timeout"}, {"attempt", attempt}};
    CHECK(summary.take(trouble, fields, now) == (attempt == 1));
    CHECK(summary.due(now).empty());
  }
  CHECK(text(summary.due(now)) ==
        Lines{"trouble error_code=timeout attempt=30 repeated=29 since_s=30"});
  SECTION("which begins another 30 s") {
    const Field fields[] = {{"error_code", "timeout"}, {"attempt", 31}};
    CHECK_FALSE(summary.take(trouble, fields, now + 10s));
    CHECK(summary.due(now + 29s).empty());
    CHECK(text(summary.due(now + 31s)) ==
          Lines{"trouble error_code=timeout attempt=31 repeated=1 since_s=31"});
  }
  SECTION("and is forgotten when it has not come again") {
    CHECK(summary.due(now + 30s).empty());
    CHECK(summary.take(trouble, {}, now + 31s));
  }
}

TEST_CASE("another code, and another message, is other trouble") {
  base::Summary summary;
  const base::Instant now{1h};
  const Field timeout[] = {{"error_code", "timeout"}};
  const Field tls[] = {{"error_code", "tls"}};
  CHECK(summary.take(trouble, timeout, now));
  CHECK(summary.take(trouble, tls, now));
  CHECK(summary.take(other, tls, now));
  CHECK_FALSE(summary.take(trouble, timeout, now));
  CHECK(text(summary.rest(now + 5s)) == Lines{"trouble error_code=timeout repeated=1 since_s=5"});
  CHECK(summary.rest(now + 5s).empty());
}

TEST_CASE("messages that name an event each are told one by one, up to their burst") {
  base::Summary summary;
  const base::Instant now{1h};
  int told = 0;
  for (int i = 0; i < 100; ++i) told += summary.take(each, {}, now) ? 1 : 0;
  CHECK(told == 16);
  CHECK(text(summary.due(now + 30s)) == Lines{"each repeated=84 since_s=30"});
}

TEST_CASE("codes without number take no more memory than a few") {
  base::Summary summary;
  const base::Instant now{1h};
  std::size_t told = 0;
  for (int i = 0; i < 10'000; ++i) {
    const Field fields[] = {{"error_code", "made-up-" + std::to_string(i)},
                            {"message", std::string(100'000, 'x')}};
    told += summary.take(trouble, fields, now) ? 1U : 0U;
  }
  CHECK(told == base::Summary::codes_max + 1);
  const Lines lines = text(summary.due(now + 30s));
  REQUIRE(lines.size() == 1);
  CHECK_THAT(lines[0], Catch::EndsWith(" repeated=9935 since_s=30"));
  CHECK(lines[0].size() < 1200);
}

TEST_CASE_METHOD(Fixture, "an end is told of what was told, and drops what was counted") {
  log(fine);
  CHECK(lines.empty());
  for (int i = 0; i < 3; ++i) log(trouble);
  log(fine);
  log(fine);
  CHECK(lines == Lines{"trouble", "fine"});
  pass(60s);
  log.settle();
  CHECK(lines.size() == 2);
}

TEST_CASE_METHOD(Fixture, "an end is told however long after the trouble") {
  log(trouble);
  pass(3600s);
  log(fine);
  CHECK(lines == Lines{"trouble", "fine"});
}

TEST_CASE_METHOD(Fixture, "what comes and goes all the time is told twice in 30 s") {
  for (int i = 0; i < 60; ++i) {
    log(trouble);
    log(fine);
    pass(1s);
  }
  CHECK(lines == Lines{"trouble", "fine", "trouble", "fine"});
}

TEST_CASE_METHOD(Fixture, "facts are told each time, and what is too verbose is not") {
  log(fact);
  log(fact);
  CHECK(lines == Lines{"fact", "fact"});
  log.level(Level::error);
  log(fact);
  log(trouble);
  log(other);
  CHECK(lines == Lines{"fact", "fact", "other"});
}

TEST_CASE_METHOD(Fixture, "an end that is too verbose to be told ends it all the same") {
  log.level(Level::warning);
  log(trouble);
  log(trouble);
  log(fine);
  pass(31s);
  CHECK(lines == Lines{"trouble"});
}

TEST_CASE_METHOD(Fixture, "what was counted is told when the process ends") {
  log(trouble);
  clock.advance(2500ms);
  log(trouble);
  log.settle();
  CHECK(lines == Lines{"trouble", "trouble repeated=1 since_s=2"});
}
