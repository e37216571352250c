// manual COMMAND: writes to standard output what is made of the daemon's own tables.
//   fill TEMPLATE   a manual page or a completion, see page.h
//   catalog         the journal's catalog, see ../catalog.h
// A program of the build; it is not installed.
#include "daemon/catalog.h"
#include "daemon/manual/facts.h"
#include "daemon/manual/page.h"

#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>

namespace {

std::string fill(const std::string& path) {
  std::ifstream in(path);
  return manual::fill(in, path, manual::facts());
}

struct Command {
  const char* name;
  bool takes_path;
  std::string (*make)(const std::string& path);
};

constexpr Command commands[] = {
    {"fill", true, fill},
    {"catalog", false, [](const std::string&) { return vodeventd::catalog(); }},
};

}  // namespace

int main(int argc, char** argv) try {
  const std::string name = argc > 1 ? argv[1] : "";
  for (const Command& command : commands) {
    if (command.name != name || argc != (command.takes_path ? 3 : 2)) continue;
    const std::string text = command.make(command.takes_path ? argv[2] : "");
    std::fwrite(text.data(), 1, text.size(), stdout);
    if (std::fflush(stdout) != 0) throw std::runtime_error("can't write");
    return 0;
  }
  std::fprintf(stderr, "usage: manual fill TEMPLATE | manual catalog\n");
  return 64;
} catch (const std::exception& error) {
  std::fprintf(stderr, "manual: %s\n", error.what());
  return 1;
}
