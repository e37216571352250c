// What the verb check has found: a list in the order of the looks, each finding with what to do
// about it, and the exit status that follows.  Names are stable, for programs that read the JSON.
#pragma once

#include "daemon/exit.h"

#include <string>
#include <vector>

namespace vodeventd {

enum class State {
  ok,
  unknown,  // could not be looked at, or was not on purpose: neither good nor bad
  warn,     // works, and may hurt one day
  bad,      // the daemon can't do its work
};

struct Finding {
  std::string name;
  State state = State::ok;
  std::string text;
  std::string advice;   // what to do, in a line; empty when it is ok
  int exit_status = 0;  // not 0 when it is bad
};

class Findings {
 public:
  void ok(std::string name, std::string text);
  void unknown(std::string name, std::string text, std::string advice);
  void warn(std::string name, std::string text, std::string advice);
  void bad(std::string name, std::string text, std::string advice, int exit_status);

  [[nodiscard]] const std::vector<Finding>& all() const { return all_; }

  // That of the first bad finding; 0 when there is none.
  [[nodiscard]] int status() const;

 private:
  std::vector<Finding> all_;
};

// To standard output: aligned lines, coloured on a terminal, or one JSON object:
//   {"status":78,"findings":[{"name":"…","state":"bad","text":"…","advice":"…","exit_status":78}]}
void print_lines(const Findings& findings);
void print_json(const Findings& findings);

}  // namespace vodeventd
