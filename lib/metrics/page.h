// Page: metrics as Prometheus reads them, in the text format.  Takes values as they are at the
// moment; nothing is registered and nothing remembered from one page to the next.
//
// A metric that is given again with other labels joins its first row; it must be of the same kind.
// Names end in their unit, those of counters in _total; what is no name ends the process, since
// names are constants of ours.
#pragma once

#include "base/histogram.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace prometheus {
struct ClientMetric;
struct MetricFamily;
}  // namespace prometheus

namespace metrics {

using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

class Page {
 public:
  Page();
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;
  ~Page();

  void counter(std::string_view name, std::string_view help, double value,
               const Labels& labels = {});
  void gauge(std::string_view name, std::string_view help, double value, const Labels& labels = {});
  void histogram(std::string_view name, std::string_view help, const base::Histogram& values,
                 const Labels& labels = {});

  [[nodiscard]] std::string text() const;

 private:
  enum class Kind { counter, gauge, histogram };
  prometheus::ClientMetric& add(Kind kind, std::string_view name, std::string_view help,
                                const Labels& labels);

  std::vector<prometheus::MetricFamily> families_;
};

}  // namespace metrics
