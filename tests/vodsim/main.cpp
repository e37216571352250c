// vodsim: a stand-in for the VOD event queue.  Wiring only.
#include "base/clock.h"
#include "vodsim/api.h"
#include "vodsim/listener.h"
#include "vodsim/options.h"
#include "vodsim/queue.h"
#include "vodsim/server.h"
#include "vodsim/source.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <random>
#include <system_error>
#include <utility>
#include <vector>

namespace vodsim {
namespace {

// The service's own clock.
class ServiceClock final : public base::Clock {
 public:
  explicit ServiceClock(std::chrono::seconds ahead) : ahead_(ahead) {}
  base::Instant now() override { return clock_.now(); }
  base::Utc utc() override { return clock_.utc() + ahead_; }

 private:
  base::SystemClock clock_;
  std::chrono::seconds ahead_;
};

// Readable as soon as SIGTERM or SIGINT has come.
int stop_descriptor() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  const int fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "signalfd");
  return fd;
}

std::vector<EventText> load(const Options& options) {
  std::vector<EventText> events;
  const Sink sink = [&](EventText event) { events.push_back(std::move(event)); };
  if (!options.events.empty()) read_files(options.events, options.keep_handles, sink);
  generate(options.generate, options.rules.seed, options.event_bytes, sink);
  return events;
}

void fill(Queue& queue, std::vector<EventText> events, const Options& options,
          base::Instant start) {
  std::mt19937_64 random(options.rules.seed);
  std::exponential_distribution<double> gap;
  double gaps = 0;
  for (EventText& event : events) {
    const std::chrono::duration<double> after(options.arrive_per_s > 0 ? gaps / options.arrive_per_s
                                                                       : 0);
    queue.add(std::move(event),
              start + std::chrono::duration_cast<base::BootTime::duration>(after));
    gaps += options.arrive_at_random ? gap(random) : 1;
  }
}

int run(const Options& options) {
  const int stop_fd = stop_descriptor();
  ServiceClock clock(options.clock_skew);
  const int listener = listen_on(options.listen);
  const std::string url = url_of(listener, options.tls_key.empty() ? "http" : "https");
  Queue queue(options.rules);
  Api api(options, queue);
  auto events = load(options);
  fill(queue, std::move(events), options, clock.now());
  {
    Server server(api, clock, listener, options);
    std::printf("vodsim: listening on %s\n", url.c_str());
    std::fflush(stdout);
    server.run(stop_fd, clock.now() + options.run_max);
  }
  if (!options.ledger.empty()) write_file(options.ledger, api.ledger(clock.now()));
  std::printf("vodsim: %s\n", api.summary(clock.now()).c_str());
  const bool in_time = !options.exit_when_drained || queue.drained();
  return in_time && api.traffic().witness_violations == 0 ? EX_OK : 1;
}

}  // namespace
}  // namespace vodsim

int main(int argc, char** argv) {
  const auto parsed = vodsim::parse_options(argc, argv);
  if (const int* status = std::get_if<int>(&parsed)) return *status;
  try {
    return vodsim::run(std::get<vodsim::Options>(parsed));
  } catch (const std::system_error& error) {
    std::fprintf(stderr, "vodsim: %s\n", error.what());
    return EX_OSERR;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "vodsim: %s\n", error.what());
    return EX_USAGE;
  }
}
