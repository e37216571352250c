// Events per second at several distances from the service, which allows 100 requests per second of
// each kind and 16 events per pull.
#include "bench/setup.h"
#include "bench/table.h"
#include "bench/tables.h"
#include "vod/limits.h"

#include <algorithm>
#include <cstdint>

namespace bench {
namespace {

using namespace std::chrono_literals;

constexpr double ceiling = vod::requests_per_s_max * static_cast<double>(vod::events_per_pull_max);

struct Rates {
  double all;                  // from the first delivery to the last confirm
  double steady;               // of the confirms between a quarter and the end of all events
  std::int64_t throttled = 0;  // requests beyond the limit
};

Rates rates_of(std::vector<Journey> journeys) {
  const auto earlier = [](const Journey& one, const Journey& other) {
    return one.confirmed_s < other.confirmed_s;
  };
  std::sort(journeys.begin(), journeys.end(), earlier);
  double begin = journeys.front().pulled_s;
  for (const Journey& journey : journeys) begin = std::min(begin, journey.pulled_s);
  const double end = journeys.back().confirmed_s;
  const std::size_t quarter = journeys.size() / 4;
  const double rest = static_cast<double>(journeys.size() - quarter - 1);
  return {static_cast<double>(journeys.size()) / (end - begin),
          rest / (end - journeys[quarter].confirmed_s)};
}

Rates measure(int rtt_ms, std::int64_t events) {
  Setup setup;
  setup.simulate(
      {"--generate", std::to_string(events), "--hold-s", "1", "--rtt-ms", std::to_string(rtt_ms)});
  support::Process daemon = setup.daemon("drain");
  Setup::await_end(daemon, 180s, "the daemon");
  setup.expect_events(events);
  setup.end_simulation();
  Rates rates = rates_of(read_ledger(setup.ledger));
  rates.throttled = ledger_total(setup.ledger, "throttled");
  return rates;
}

}  // namespace

void rate(const Extent& extent) {
  const std::int64_t events = extent.quick ? 16'000 : 40'000;
  Table table("Events per second, 1 KB each, with the service's limit of 100 requests/s",
              {"round trip", "events", "from first pull", "of ceiling", "steady", "of ceiling",
               "ceiling", "throttled"});
  for (const int rtt_ms : {0, 50, 200, 300}) {
    progress("a queue of " + grouped(events) + " events at " + std::to_string(rtt_ms) + " ms");
    const Rates rates = measure(rtt_ms, events);
    table.row({std::to_string(rtt_ms) + " ms", grouped(events), fixed(rates.all, 0),
               fixed(rates.all / ceiling * 100, 1) + " %", fixed(rates.steady, 0),
               fixed(rates.steady / ceiling * 100, 1) + " %", fixed(ceiling, 0),
               grouped(rates.throttled)});
  }
  table.note("Steady: what the last three quarters of the events took.");
  table.print();
}

}  // namespace bench
