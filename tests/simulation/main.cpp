// simulate: runs the simulation for one seed or many, and says what it found.
#include "simulation/campaign.h"
#include "support/temp_folder.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

namespace {

using simulation::Campaign;

constexpr const char* about =
    "Runs the whole daemon in simulated worlds: virtual time, a queue service, a faulty network, a "
    "disk that loses power.  Everything follows from a seed; the same seed gives the same run.\n\n"
    "  simulate                         fresh seeds for a minute\n"
    "  simulate --seeds 1..20000        a campaign\n"
    "  simulate --seed 4711 --trace     one run, told line by line\n\n"
    "Exit status: 0 no promise was broken, 1 one was (the seed and what happened are printed), 64 "
    "usage.";

struct Arguments {
  std::string seeds;
  std::optional<std::uint64_t> seed;
  bool trace = false;
  std::string list;
  unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
  std::optional<unsigned> seconds;
};

void describe(CLI::App& app, Arguments& arguments) {
  auto* seeds = app.add_option("--seeds", arguments.seeds, "all seeds from A to B, as A..B");
  app.add_option("--seed", arguments.seed, "this one alone")->excludes(seeds);
  app.add_flag("--trace", arguments.trace, "with --seed: print every line of the trace");
  app.add_option("--list", arguments.list, "first the seeds in this file, one a line, # comments")
      ->check(CLI::ExistingFile);
  app.add_option("--jobs", arguments.jobs, "worker processes")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  app.add_option("--seconds", arguments.seconds, "begin no seed after so long");
}

std::vector<std::uint64_t> read_list(const std::string& path) {
  std::vector<std::uint64_t> seeds;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream text(line.substr(0, line.find('#')));
    for (std::uint64_t seed = 0; text >> seed;) seeds.push_back(seed);
  }
  return seeds;
}

// From the time, so that no two runs try the same.
void take_fresh(Campaign& campaign) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  campaign.first = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
  campaign.last = campaign.first + 1'000'000'000;
  if (!campaign.time_max) campaign.time_max = std::chrono::seconds(60);
  std::printf("fresh seeds from %llu on\n", static_cast<unsigned long long>(campaign.first));
}

Campaign campaign_of(const Arguments& arguments) {
  Campaign campaign;
  campaign.jobs = arguments.jobs;
  if (arguments.seconds) campaign.time_max = std::chrono::seconds(*arguments.seconds);
  if (!arguments.list.empty()) campaign.list = read_list(arguments.list);
  if (arguments.seeds.empty()) {
    take_fresh(campaign);
    return campaign;
  }
  char dots = 0, more_dots = 0;
  std::istringstream text(arguments.seeds);
  if (!(text >> campaign.first >> dots >> more_dots >> campaign.last) || dots != '.' ||
      more_dots != '.' || campaign.last < campaign.first || !text.eof())
    throw CLI::ValidationError("--seeds", "give A..B, for example 1..1000");
  return campaign;
}

int report_violation(const char* program, std::uint64_t seed, const std::string& sentence) {
  std::printf("VIOLATION at seed %llu: %s\nreplay: %s --seed %llu --trace\n",
              static_cast<unsigned long long>(seed), sentence.c_str(), program,
              static_cast<unsigned long long>(seed));
  return 1;
}

int run_one(const char* program, const Arguments& arguments) {
  simulation::Trace::Sink sink;
  if (arguments.trace) sink = [](const std::string& line) { std::puts(line.c_str()); };
  simulation::Outcome outcome;
  const simulation::Result result = simulation::run_seed(*arguments.seed, sink);
  outcome.figures = result.figures;
  std::printf("%s\n", to_string(outcome).c_str());
  if (!result.violation) return 0;
  if (!arguments.trace)
    for (const std::string& line : result.last_lines) std::puts(line.c_str());
  return report_violation(program, *arguments.seed, *result.violation);
}

int run_campaign(const char* program, const Campaign& campaign) {
  const simulation::Outcome outcome = simulation::run(campaign);
  std::printf("%s\n", to_string(outcome).c_str());
  if (!outcome.failed) return 0;
  // A seed that brings the program down would do it here as well.
  if (!outcome.failed->sentence.starts_with("the program"))
    for (const std::string& line : simulation::run_seed(outcome.failed->seed).last_lines)
      std::puts(line.c_str());
  return report_violation(program, outcome.failed->seed, outcome.failed->sentence);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(about, "simulate");
  Arguments arguments;
  describe(app, arguments);
  try {
    app.parse(argc, argv);
    const Campaign campaign = arguments.seed ? Campaign() : campaign_of(arguments);
    std::fflush(stdout);  // before it is copied to the workers
    const support::TempFolder folder;
    if (chdir(folder.path().c_str()) != 0) return 1;
    return arguments.seed ? run_one(argv[0], arguments) : run_campaign(argv[0], campaign);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 64;
  }
}
