#include "base/moment.h"

#include <catch2/catch.hpp>
#include <string>

namespace {

const base::Utc now{std::chrono::milliseconds(1'795'000'000'123)};  // 2026-11-18T11:06:40.123Z

// Empty for what is no moment.
std::string read(std::string_view text) {
  const auto found = base::moment(text, now);
  return found ? base::iso8601(*found) : "";
}

}  // namespace

TEST_CASE("a date and a time are read, in UTC unless an offset is given") {
  CHECK(read("2026-11-21") == "2026-11-21T00:00:00.000Z");
  CHECK(read("2026-11-21T08:05") == "2026-11-21T08:05:00.000Z");
  CHECK(read("2026-11-21 08:05:59") == "2026-11-21T08:05:59.000Z");
  CHECK(read("2026-11-21T08:05:59.5Z") == "2026-11-21T08:05:59.500Z");
  CHECK(read("2026-11-21T08:05:59.123456Z") == "2026-11-21T08:05:59.123Z");
  CHECK(read("2026-11-21T08:05+08:00") == "2026-11-21T00:05:00.000Z");
  CHECK(read("2026-11-21T08:05:00.001-0930") == "2026-11-21T17:35:00.001Z");
  CHECK(read("2026-11-21T00:00+08") == "2026-11-20T16:00:00.000Z");
  CHECK(read("2024-02-29") == "2024-02-29T00:00:00.000Z");
  CHECK(read("1970-01-01") == "1970-01-01T00:00:00.000Z");
  CHECK(read("9999-12-31T23:59:59.999") == "9999-12-31T23:59:59.999Z");
  CHECK(read(base::iso8601(now)) == base::iso8601(now));
}

TEST_CASE("a span is before now") {
  CHECK(read("0s") == "2026-11-18T11:06:40.123Z");
  CHECK(read("90s") == "2026-11-18T11:05:10.123Z");
  CHECK(read("30m") == "2026-11-18T10:36:40.123Z");
  CHECK(read("2h") == "2026-11-18T09:06:40.123Z");
  CHECK(read("7d") == "2026-11-11T11:06:40.123Z");
  CHECK(read("2147483647d") == "1970-01-01T00:00:00.000Z");
}

TEST_CASE("what is no moment is not taken for one") {
  for (const char* text : {"",
                           "x",
                           "2026",
                           "2026-11",
                           "2026-11-31",
                           "2026-13-01",
                           "2026-00-01",
                           "2025-02-29",
                           "2026-11-21T",
                           "2026-11-21T8:00",
                           "2026-11-21T24:00",
                           "2026-11-21T08",
                           "2026-11-21T08:60",
                           "2026-11-21T08:00:60",
                           "2026-11-21T08:00:00.",
                           "2026-11-21T08:00Zx",
                           "2026-11-21Z",
                           "2026-11-21T08:00+",
                           "2026-11-21T08:00+8",
                           "2026-11-21T08:00+24:00",
                           "2026-11-21T08:00+08:",
                           "2026-11-21T08:00+08:0",
                           "2026-11-21T08:00+08:00:00",
                           " 2026-11-21",
                           "2026-11-21 ",
                           "1969-12-31",
                           "1970-01-01T00:00+00:01",
                           "9999-12-31T23:59-00:01",
                           "-1h",
                           "+1h",
                           "1.5h",
                           "h",
                           "7",
                           "7w",
                           "7dd",
                           "99999999999999999999d",
                           "2147483648s",
                           "2 h"}) {
    CAPTURE(text);
    CHECK(read(text).empty());
  }
}
