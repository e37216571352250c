#include "metrics/page.h"

#include <prometheus/check_names.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <limits>

namespace metrics {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

Page::Page() = default;
Page::~Page() = default;

void Page::counter(std::string_view name, std::string_view help, double value,
                   const Labels& labels) {
  assert(name.ends_with("_total"));
  add(Kind::counter, name, help, labels).counter.value = value;
}

void Page::gauge(std::string_view name, std::string_view help, double value, const Labels& labels) {
  add(Kind::gauge, name, help, labels).gauge.value = value;
}

void Page::histogram(std::string_view name, std::string_view help, const base::Histogram& values,
                     const Labels& labels) {
  ClientMetric::Histogram& out = add(Kind::histogram, name, help, labels).histogram;
  out.sample_count = values.count();
  out.sample_sum = values.sum();
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < values.counts().size(); ++i) {
    below += values.counts()[i];
    const bool last = i == values.bounds().size();
    out.bucket.push_back(
        {.cumulative_count = below,
         .upper_bound = last ? std::numeric_limits<double>::infinity() : values.bounds()[i]});
  }
}

ClientMetric& Page::add(Kind kind, std::string_view name, std::string_view help,
                        const Labels& labels) {
  const MetricType type = kind == Kind::counter ? MetricType::Counter
                          : kind == Kind::gauge ? MetricType::Gauge
                                                : MetricType::Histogram;
  auto family = std::ranges::find(families_, name, &MetricFamily::name);
  if (family == families_.end()) {
    family = families_.insert(
        family, {.name = std::string(name), .help = std::string(help), .type = type, .metric = {}});
    assert(prometheus::CheckMetricName(family->name));
  }
  assert(family->type == type);
  ClientMetric& metric = family->metric.emplace_back();
  for (const auto& [label, value] : labels) {
    metric.label.push_back({.name = std::string(label), .value = std::string(value)});
    assert(prometheus::CheckLabelName(metric.label.back().name));
  }
  return metric;
}

std::string Page::text() const { return prometheus::TextSerializer().Serialize(families_); }

}  // namespace metrics
