// A file of any bytes, as the verb import takes it, but for the store.
#include "daemon/import/taker.h"
#include "fuzz/targets.h"
#include "import/splitter.h"

#include <numeric>

namespace fuzz {

void import(std::string_view input) {
  base::SystemClock clock;
  vodeventd::Report report;
  report.file = "input";
  vodeventd::Taker taker(report, nullptr, clock, [&](const vodeventd::Problem& problem) {
    require(problem.place.byte <= input.size(), "a problem lies in the file");
    require(!problem.why.empty(), "a problem says why");
  });
  ::import::Splitter splitter;
  splitter.feed(input);
  while (const auto piece = splitter.next()) taker.take(*piece);
  splitter.end();
  while (const auto piece = splitter.next()) taker.take(*piece);
  taker.flush();
  const auto add = [](std::uint64_t sum, const auto& kind) { return sum + kind.second; };
  const auto texts =
      std::accumulate(report.texts.begin(), report.texts.end(), std::uint64_t{0}, add);
  require(report.stored <= report.events, "what is stored is an event");
  require(report.stored + report.quarantined >= report.events, "no event is lost");
  require(report.stored + report.quarantined + report.passed_over <= report.events + texts + 1,
          "nothing is counted twice");
  require(report.quarantined + report.passed_over <= report.problem_count,
          "whatever is no event is a problem");
}

}  // namespace fuzz
