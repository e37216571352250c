// A command line as data: what pages and completions are made of.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace manual {

struct Option {
  std::vector<std::string> names;  // --config, -h; of an argument KEY
  std::string value;               // what it takes: FILE, number, new|same; empty for a flag
  std::string standard, meaning;
  std::vector<std::string> needs;  // options that must be there as well
  bool argument = false;           // stands alone, without a name before it
  bool required = false;
  bool several = false;  // may stand there many times
  [[nodiscard]] bool takes_file() const { return value == "FILE"; }
};

struct Verb {
  std::string name, meaning;
  std::vector<Option> options;
};

struct CommandLine {
  Verb program;  // with the options that come before any verb
  std::vector<Verb> verbs;
};

CommandLine read(CLI::App& app);
CommandLine daemon_command_line();
CommandLine vodsim_command_line();

}  // namespace manual
