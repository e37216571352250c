// What came of importing a file, told to people and to programs.
#pragma once

#include "import/piece.h"
#include "vod/contents.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace vodeventd {

// Something that could not be taken as an event, or not all of it.
struct Problem {
  import::Place place;  // in the text, unpacked
  std::string path;     // in the JSON value that begins there or before; empty: all of it
  std::string why;
};

struct Report {
  static constexpr std::size_t problems_max = 20;  // that are told, each file; the rest is counted

  std::string file;
  bool packed = false;
  std::uint64_t bytes = 0;                   // read, as they stand in the file
  std::map<vod::Kind, std::uint64_t> texts;  // how many of each kind
  std::uint64_t events = 0;                  // in them
  std::uint64_t stored = 0;                  // of a dry run: that would be taken
  std::uint64_t known = 0;                   // here already, in quarantine too
  std::uint64_t linked = 0;                  // stored as a further delivery of one that is here
  std::uint64_t quarantined = 0;             // of a dry run: that would be
  std::uint64_t passed_over = 0;             // texts that are nowhere but in the file
  std::uint64_t problem_count = 0;
  std::vector<Problem> problems;  // the first of them
  std::string trouble;            // why it was not read, or not to its end

  [[nodiscard]] bool all_taken() const { return problem_count == 0 && trouble.empty(); }

  // Counts what is counted of another file as well.
  void add(const Report& other);
};

// 1 event, 2 events
std::string events(std::uint64_t count);

// FILE:LINE: byte N: PATH: why
std::string as_line(const Problem& problem, const std::string& file);

// The same as the reason of a row in quarantine: FILE, byte N, PATH: why
std::string as_reason(const Problem& problem, const std::string& file);

// One line, without its end.
std::string as_text(const Report& report, bool dry_run);

// Members of an object, without the braces; of a total, which has no file, none that is a file's.
std::string as_json(const Report& report);

}  // namespace vodeventd
