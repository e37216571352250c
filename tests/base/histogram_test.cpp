#include "base/histogram.h"

#include <catch2/catch.hpp>
#include <limits>
#include <vector>

namespace {

std::vector<std::uint64_t> counts(const base::Histogram& histogram) {
  return {histogram.counts().begin(), histogram.counts().end()};
}

}  // namespace

TEST_CASE("a value is counted in the range that ends at it or above it") {
  base::Histogram histogram{0.5, 1, 10};
  for (const double value : {0.0, 0.5, 0.6, 1.0, 10.0, 10.1, 1e9}) histogram.observe(value);
  CHECK(counts(histogram) == std::vector<std::uint64_t>{2, 2, 1, 2});
  CHECK(histogram.count() == 7);
  CHECK(histogram.sum() == Approx(1e9 + 22.2));
}

TEST_CASE("values below and beyond all bounds are counted, infinite ones too") {
  base::Histogram histogram{0, 1};
  histogram.observe(-3);
  histogram.observe(std::numeric_limits<double>::infinity());
  CHECK(counts(histogram) == std::vector<std::uint64_t>{1, 0, 1});
}

TEST_CASE("a new histogram is empty, with one range more than bounds") {
  const base::Histogram histogram{1, 2, 3};
  CHECK(counts(histogram) == std::vector<std::uint64_t>(4, 0));
  CHECK(histogram.bounds().size() == 3);
  CHECK(histogram.sum() == 0);
}
