// The inputs that are checked in, through the fuzz targets: the seeds, the samples, and every input
// that once broke a law.
#include "fuzz/targets.h"
#include "fuzz/wire.h"
#include "http/curl_transport.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>

namespace {

struct Target {
  const char* name;
  void (*run)(std::string_view);
  const char* samples;  // further seeds among the fixtures, empty: none
};

constexpr Target targets[] = {
    {"reply", fuzz::reply, "samples"},
    {"contents", fuzz::contents, "samples"},
    {"canonical", fuzz::canonical, "samples"},
    {"slice", fuzz::slice, "samples"},
    {"split", fuzz::split, "samples"},
    {"import", fuzz::import, "samples"},
    {"http", fuzz::http, ""},
    {"date", fuzz::date, ""},
    {"config", fuzz::config, ""},
};

// How many inputs there were.
std::size_t replay(const Target& target, const std::filesystem::path& folder) {
  if (!std::filesystem::exists(folder)) return 0;
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    INFO(target.name << ' ' << entry.path());
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string input{std::istreambuf_iterator<char>(file), {}};
    CHECK_NOTHROW(target.run(input));
    ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("no input that is checked in breaks a law") {
  for (const Target& target : targets) {
    const std::filesystem::path here = SOURCE "/tests/fuzz";
    CHECK(replay(target, here / "corpus" / target.name) > 0);
    replay(target, here / "regressions" / target.name);
    if (*target.samples)
      CHECK(replay(target, std::filesystem::path(FIXTURES) / target.samples) > 0);
  }
}

TEST_CASE("a law that is broken is told") {
  CHECK_THROWS_AS(fuzz::require(false, "never"), fuzz::Broken);
  CHECK_NOTHROW(fuzz::require(true, "always"));
}

TEST_CASE("a wire's words come through the real transport") {
  fuzz::Wire wire({"HTTP/1.1 429 Wait\r\nRetry-After: 7\r\n\r\n{}"});
  base::SystemClock clock;
  http::CurlTransport transport(clock, {}, {});
  transport.start({.url = "http://127.0.0.1/", .body = "question"});
  const auto completed = transport.poll(clock.now() + std::chrono::seconds(10));
  REQUIRE(completed.size() == 1);
  CHECK(completed[0].response.status == 429);
  CHECK(completed[0].response.retry_after == std::chrono::seconds(7));
  CHECK(completed[0].response.body == "{}");
  CHECK_THAT(wire.received().at(0), Catch::Contains("question"));
}
