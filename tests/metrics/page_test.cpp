#include "metrics/page.h"

#include <catch2/catch.hpp>
#include <limits>

using metrics::Page;

TEST_CASE("a page tells counters, gauges and histograms in the text format") {
  Page page;
  base::Histogram seconds{0.1, 2.5};
  for (const double value : {0.1, 1.0, 2.0, 7.0}) seconds.observe(value);
  page.counter("pulls_total", "Pulls that ended.", 7, {{"outcome", "events"}});
  page.histogram("pull_duration_seconds", "How long pulls took.", seconds);
  page.gauge("in_flight", "Pulls under way.", 2);
  page.counter("pulls_total", "Pulls that ended.", 3, {{"outcome", "empty"}});
  CHECK(page.text() ==
        "# HELP pulls_total Pulls that ended.\n"
        "# TYPE pulls_total counter\n"
        "pulls_total{outcome=\"events\"} 7\n"
        "pulls_total{outcome=\"empty\"} 3\n"
        "# HELP pull_duration_seconds How long pulls took.\n"
        "# TYPE pull_duration_seconds histogram\n"
        "pull_duration_seconds_count 4\n"
        "pull_duration_seconds_sum 10.1\n"
        "pull_duration_seconds_bucket{le=\"0.1\"} 1\n"
        "pull_duration_seconds_bucket{le=\"2.5\"} 3\n"
        "pull_duration_seconds_bucket{le=\"+Inf\"} 4\n"
        "# HELP in_flight Pulls under way.\n"
        "# TYPE in_flight gauge\n"
        "in_flight 2\n");
}

TEST_CASE("large numbers keep their digits, and there is an infinite one") {
  Page page;
  page.gauge("bytes", "Size.", 1234567890123.0);
  page.gauge("drain_seconds", "Time.", std::numeric_limits<double>::infinity());
  CHECK_THAT(page.text(), Catch::Contains("\nbytes 1234567890123\n") &&
                              Catch::Contains("\ndrain_seconds +Inf\n"));
}

TEST_CASE("a label's value may hold anything") {
  Page page;
  page.gauge("info", "About.", 1, {{"version", "a\"b\\c\nd"}});
  CHECK_THAT(page.text(), Catch::Contains("info{version=\"a\\\"b\\\\c\\nd\"} 1\n"));
}

TEST_CASE("an empty page is empty") { CHECK(Page().text().empty()); }
