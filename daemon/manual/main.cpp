// manual COMMAND [TEMPLATE]: writes to standard output what is made of the daemon's own tables:
//   page TEMPLATE   a manual page, see page.h
//   bash, zsh       completion for that shell
// A program of the build; it is not installed.
#include "daemon/manual/completion.h"
#include "daemon/manual/facts.h"

#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>

namespace {

std::string page(const std::string& path) {
  std::ifstream in(path);
  return manual::fill(in, path, manual::facts());
}

struct Command {
  const char* name;
  bool takes_template;
  std::string (*make)(const std::string& path);
};

constexpr Command commands[] = {
    {"page", true, page},
    {"bash", false,
     [](const std::string&) { return manual::bash_completion(manual::daemon_command_line()); }},
    {"zsh", false,
     [](const std::string&) { return manual::zsh_completion(manual::daemon_command_line()); }},
};

}  // namespace

int main(int argc, char** argv) try {
  const std::string name = argc > 1 ? argv[1] : "";
  for (const Command& command : commands) {
    if (command.name != name || argc != (command.takes_template ? 3 : 2)) continue;
    const std::string text = command.make(command.takes_template ? argv[2] : "");
    std::fwrite(text.data(), 1, text.size(), stdout);
    if (std::fflush(stdout) != 0) throw std::runtime_error("can't write");
    return 0;
  }
  std::fprintf(stderr, "usage: manual page TEMPLATE | bash | zsh\n");
  return 64;
} catch (const std::exception& error) {
  std::fprintf(stderr, "manual: %s\n", error.what());
  return 1;
}
