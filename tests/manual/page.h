// A manual page of the build, as a reader sees it.
#pragma once

#include "support/process.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace pages {

using namespace std::chrono_literals;

inline constexpr const char* names[] = {"vodeventd.8", "vodeventd.toml.5", "vodeventd-schema.5",
                                        "vodsim.1"};

inline std::string path(const std::string& name) { return PAGES "/" + name; }

inline std::string raw(const std::string& name) {
  std::ifstream file(path(name));
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Ended {
  int status;
  std::string out, err;
};

inline Ended run(const std::vector<std::string>& arguments) {
  support::Process process({.arguments = arguments,
                            .environment = {"LC_ALL=C.UTF-8", "MANWIDTH=80", "JOURNAL_STREAM="},
                            .out_file = {},
                            .err_file = {},
                            .folder = {}});
  const auto status = process.wait(60s);
  REQUIRE(status);
  return {*status, process.out(), process.err()};
}

// With single blanks for all white space and without the overstriking that makes bold.
inline std::string plain(const std::string& shown) {
  std::string struck;
  for (const char c : shown) {
    if (c == '\b')
      struck.pop_back();
    else
      struck += c;
  }
  std::istringstream words(struck);
  std::string text = " ";
  for (std::string word; words >> word;) text += word + ' ';
  return text;
}

inline std::string rendered(const std::string& name) {
  const Ended shown = run({"mandoc", "-T", "ascii", "-O", "width=400", path(name)});
  REQUIRE(shown.status == 0);
  return plain(shown.out);
}

}  // namespace pages
