// bench: measures the daemon and prints what it found as tables.  Databases lie under $TMPDIR.
#include "bench/machine.h"
#include "bench/tables.h"

#include <sysexits.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

namespace bench {
namespace {

constexpr struct {
  const char* name;
  void (*measure)(const Extent&);
} tables[] = {{"cpu", cpu},   {"rate", rate},     {"latency", latency},
              {"idle", idle}, {"growth", growth}, {"decoder", decoder}};

constexpr char description[] =
    R"(bench - what the daemon costs and how fast it is, measured on this machine

  cpu      CPU per event of a drain, beside a floor and the vendor's SDK (6 min)
  rate     events per second at round trips up to 300 ms (2 min)
  latency  from arrival to durable row and confirm, idle and under load (4 min)
  idle     CPU, bytes sent and memory while nothing happens, and after a drain
           of a million events (13 min)
  growth   inserts, queries and start-up with up to ten million rows (30 min,
           25 GB on the disk meanwhile)
  decoder  a reply's events decoded, a request signed (1 min)

Without a name all of them are made, one after the other.  Figures of different
machines say nothing about each other; ratios in one table do.)";

int run(int argc, char** argv) {
  CLI::App app(description, "bench");
  std::vector<std::string> wanted;
  Extent extent;
  std::vector<std::string> names;
  for (const auto& table : tables) names.emplace_back(table.name);
  app.add_option("TABLE", wanted, "Which to make")->check(CLI::IsMember(names));
  app.add_flag("--quick", extent.quick, "Fewer events and rows: rougher, a few minutes each");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? EX_OK : EX_USAGE;
  }
  for (const std::string& line : describe_machine(std::filesystem::temp_directory_path().string()))
    std::printf("%s\n", line.c_str());
  std::fflush(stdout);
  for (const auto& table : tables)
    if (wanted.empty() || std::count(wanted.begin(), wanted.end(), table.name))
      table.measure(extent);
  return EX_OK;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  try {
    return bench::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench: %s\n", error.what());
    return EX_SOFTWARE;
  }
}
