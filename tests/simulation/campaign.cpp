#include "simulation/campaign.h"

#include "base/text.h"
#include "simulation/memory.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <system_error>

namespace simulation {
namespace {

using SteadyClock = std::chrono::steady_clock;
using namespace std::chrono_literals;

// What one seed may leave behind, of caches that grow once.
constexpr std::size_t left_bytes_max = 64 << 10;

// What a worker tells through the pipe: short enough to be written in one piece.
struct Report {
  pid_t worker = 0;
  bool done = false;  // else the seed has begun
  std::uint64_t seed = 0;
  Figures figures;
  std::array<char, 300> violation{};
};
static_assert(sizeof(Report) <= 512);  // PIPE_BUF is 4096

std::uint64_t count(const Campaign& campaign) {
  const std::uint64_t range =
      campaign.last >= campaign.first ? campaign.last - campaign.first + 1 : 0;
  return campaign.list.size() + range;
}

std::uint64_t seed_at(const Campaign& campaign, std::uint64_t index) {
  if (index < campaign.list.size()) return campaign.list[index];
  return campaign.first + (index - campaign.list.size());
}

void tell(int pipe, const Report& report) {
  if (write(pipe, &report, sizeof report) != sizeof report) _exit(1);
}

[[noreturn]] void work(const Campaign& campaign, unsigned number, int pipe) {
  const auto begun = SteadyClock::now();
  for (std::uint64_t i = number; i < count(campaign); i += campaign.jobs) {
    if (campaign.time_max && SteadyClock::now() - begun > *campaign.time_max) break;
    Report report;
    report.worker = getpid();
    report.seed = seed_at(campaign, i);
    tell(pipe, report);
    const Result result = run_seed(report.seed);
    report.done = true;
    report.figures = result.figures;
    if (result.violation) {
      const auto text = base::clip(*result.violation, report.violation.size() - 1);
      std::copy(text.begin(), text.end(), report.violation.begin());
    }
    tell(pipe, report);
  }
  _exit(0);
}

// The workers, as their parent sees them.
class Workers {
 public:
  explicit Workers(const Campaign& campaign);
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  ~Workers();

  // The next report, or none for a while, or the end of all.
  enum class Next { report, nothing, end };
  Next next(Report& report);

  // The seed at which a worker came to a bad end.
  std::optional<Failed> crashed();

 private:
  struct Worker {
    pid_t pid;
    std::uint64_t seed = 0;
  };
  std::vector<Worker> workers_;
  int pipe_ = -1;
};

Workers::Workers(const Campaign& campaign) {
  int ends[2];
  if (pipe(ends) != 0) throw std::system_error(errno, std::generic_category(), "make a pipe");
  pipe_ = ends[0];
  for (unsigned i = 0; i < campaign.jobs; ++i) {
    const pid_t pid = fork();
    if (pid < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (pid == 0) work(campaign, i, ends[1]);
    workers_.push_back({pid});
  }
  close(ends[1]);
}

Workers::~Workers() {
  for (const Worker& worker : workers_) {
    kill(worker.pid, SIGKILL);
    waitpid(worker.pid, nullptr, 0);
  }
  close(pipe_);
}

Workers::Next Workers::next(Report& report) {
  pollfd readable{pipe_, POLLIN, 0};
  if (::poll(&readable, 1, 1000) <= 0) return Next::nothing;
  if (read(pipe_, &report, sizeof report) != sizeof report) return Next::end;
  const auto worker = std::ranges::find(workers_, report.worker, &Worker::pid);
  if (worker != workers_.end()) worker->seed = report.seed;
  return Next::report;
}

std::optional<Failed> Workers::crashed() {
  std::optional<Failed> failed;
  for (const Worker& worker : workers_) {
    int status = 0;
    if (waitpid(worker.pid, &status, 0) == worker.pid && status != 0 && !failed)
      failed = {worker.seed, "the program came to a bad end, status " + std::to_string(status)};
  }
  workers_.clear();
  return failed;
}

}  // namespace

Result run_seed(std::uint64_t seed, const Trace::Sink& sink) {
  prepare();
  const std::size_t before = live_bytes();
  Result result = simulate(seed, sink);
  std::size_t kept = sizeof(std::string);
  for (const std::string& line : result.last_lines) kept += line.capacity() + sizeof(std::string);
  const std::size_t after = live_bytes();
  if (!result.violation && after > before + kept + left_bytes_max)
    result.violation = "memory was not given back: " + std::to_string(after - before) + " bytes";
  return result;
}

Outcome run(const Campaign& campaign) {
  Outcome outcome;
  const auto begun = SteadyClock::now();
  auto tell_at = begun + 5s;
  Workers workers(campaign);
  for (Report report; !outcome.failed;) {
    const Workers::Next next = workers.next(report);
    outcome.took = SteadyClock::now() - begun;
    if (next == Workers::Next::end) {
      outcome.failed = workers.crashed();
      break;
    }
    if (next == Workers::Next::report && report.done) {
      outcome.figures += report.figures;
      if (report.violation[0] != '\0')
        outcome.failed = Failed{report.seed, report.violation.data()};
    }
    if (SteadyClock::now() < tell_at) continue;
    tell_at = SteadyClock::now() + 5s;
    std::printf("%s\n", to_string(outcome).c_str());
    std::fflush(stdout);
  }
  return outcome;
}

std::string to_string(const Outcome& outcome) {
  const Figures& f = outcome.figures;
  const double s = std::max(outcome.took.count(), 1e-3);
  char text[400];
  std::snprintf(
      text, sizeof text,
      "%.0f s: %llu seeds (%.1f/s), %.1f virtual hours, %llu crash points (%.0f/s; %llu "
      "power cuts, %llu kills), %llu other ends, %llu of %llu events confirmed, %llu "
      "deliveries",
      s, static_cast<unsigned long long>(f.seeds), static_cast<double>(f.seeds) / s,
      f.virtual_s / 3600, static_cast<unsigned long long>(f.crash_points()),
      static_cast<double>(f.crash_points()) / s, static_cast<unsigned long long>(f.power_cuts),
      static_cast<unsigned long long>(f.kills),
      static_cast<unsigned long long>(f.stops) + static_cast<unsigned long long>(f.failures),
      static_cast<unsigned long long>(f.confirmed), static_cast<unsigned long long>(f.events),
      static_cast<unsigned long long>(f.delivered));
  return text;
}

}  // namespace simulation
