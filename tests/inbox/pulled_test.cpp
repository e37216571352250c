// What saving pulled events costs in statements: every event pays for each of them.
#include "inbox/pulled.h"

#include "fixture.h"
#include "traced.h"

#include <catch2/catch.hpp>
#include <vector>

using namespace inbox_fixture;

namespace {

struct Counted : Fixture {
  // What was run for these arrivals, as the first words of each statement.
  std::vector<std::string> run(std::span<const Arrival> arrivals) {
    std::vector<std::string> words;
    Traced traced(inbox.database());
    inbox.save(arrivals);
    for (const std::string& statement : traced.statements) {
      const std::size_t first = statement.find(' ');
      words.push_back(statement.substr(0, statement.find(' ', first + 1)));
    }
    return words;
  }
};

}  // namespace

TEST_CASE_METHOD(Counted, "a new event takes four statements, a redelivery three") {
  const std::string by_handle = "SELECT id,";
  const Arrival once[] = {arrival("h1", "a"), arrival("h2", "b")};
  CHECK(run(once) == std::vector<std::string>{"BEGIN IMMEDIATE", by_handle, by_handle,
                                              "INSERT INTO", "INSERT INTO", by_handle, by_handle,
                                              "INSERT INTO", "INSERT INTO", "UPDATE counters",
                                              "COMMIT"});
  CHECK(run({once, 1}) == std::vector<std::string>{"BEGIN IMMEDIATE", by_handle, "UPDATE events",
                                                   "INSERT INTO", "UPDATE counters", "COMMIT"});
}

TEST_CASE_METHOD(Counted, "nothing is written of an import that is known") {
  const Arrival one = imported("h1");
  save(one);
  CHECK(run({&one, 1}) == std::vector<std::string>{"BEGIN IMMEDIATE", "SELECT id,", "COMMIT"});
}
