#include "simulation/world.h"

#include "simulation/simulation.h"
#include "support/temp_folder.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <string>

namespace {

// A working folder to leave the daemon's empty file in.
struct Folder {
  Folder() { REQUIRE(chdir(folder.path().c_str()) == 0); }
  ~Folder() { REQUIRE(chdir("/") == 0); }
  support::TempFolder folder;
};

std::string trace_of(std::uint64_t seed) {
  std::string all;
  simulation::simulate(seed, [&](const std::string& line) { all += line + '\n'; });
  return all;
}

}  // namespace

TEST_CASE_METHOD(Folder, "the same seed gives the same run, line by line", "[simulation]") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const std::string once = trace_of(seed);
    CHECK(once.size() > 1000);
    CHECK(once == trace_of(seed));
  }
}

TEST_CASE_METHOD(Folder, "another seed gives another run", "[simulation]") {
  CHECK(trace_of(1) != trace_of(2));
}

TEST_CASE_METHOD(Folder, "runs of a few seeds keep every promise and confirm events",
                 "[simulation]") {
  simulation::Figures figures;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const simulation::Result result = simulation::simulate(seed);
    INFO("seed " << seed);
    CHECK(result.violation.value_or("") == "");
    figures += result.figures;
  }
  CHECK(figures.confirmed > 100);
  CHECK(figures.crash_points() > 100);
}
