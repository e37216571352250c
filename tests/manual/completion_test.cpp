// Completion, in a bash that knows nothing but this one file.
#include "manual/page.h"
#include "support/temp_folder.h"

#include <algorithm>

namespace {

using Words = std::vector<std::string>;

// What is offered for the last word.
Words offered(const Words& words, const std::string& folder = "/") {
  Words arguments = {"bash",
                     "--norc",
                     "--noprofile",
                     "-c",
                     "cd \"$1\" && source \"$2\" && shift 2 && COMP_WORDS=(\"$@\") &&"
                     " COMP_CWORD=$(($# - 1)) && _vodeventd &&"
                     " printf '%s\\n' \"${COMPREPLY[@]}\"",
                     "bash",
                     folder,
                     pages::path("vodeventd.bash"),
                     "vodeventd"};
  arguments.insert(arguments.end(), words.begin(), words.end());
  const pages::Ended ended = pages::run(arguments);
  CHECK(ended.status == 0);
  CHECK(ended.err.empty());
  std::istringstream lines(ended.out);
  Words found;
  for (std::string line; std::getline(lines, line);)
    if (!line.empty()) found.push_back(line);
  std::sort(found.begin(), found.end());
  return found;
}

bool has(const Words& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

TEST_CASE("bash binds the completion to the daemon") {
  const pages::Ended bound =
      pages::run({"bash", "--norc", "--noprofile", "-c", "source \"$1\" && complete -p vodeventd",
                  "bash", pages::path("vodeventd.bash")});
  CHECK(bound.status == 0);
  CHECK(bound.out == "complete -F _vodeventd vodeventd\n");
}

TEST_CASE("bash completes verbs and options where they belong") {
  const Words all = offered({""});
  for (const char* verb : {"run", "drain", "check", "audit", "explain", "--config", "--version"})
    CHECK(has(all, verb));
  CHECK_FALSE(has(all, "--online"));
  CHECK(offered({"au"}) == Words{"audit"});
  CHECK(offered({"check", "--on"}) == Words{"--online"});
  CHECK(has(offered({"audit", "--"}), "--json"));
  CHECK_FALSE(has(offered({"audit", "--"}), "--online"));
  CHECK_FALSE(has(offered({"check", ""}), "run"));
  CHECK(offered({"nonsense", ""}).empty());
}

TEST_CASE("bash completes a file after --config, and the verb behind it") {
  const support::TempFolder folder;
  std::ofstream(folder / "one file.toml") << '\n';
  const std::string here = folder / "";
  CHECK(offered({"--config", "one"}, here) == Words{"one file.toml"});
  CHECK(offered({"--config", "=", "one"}, here) == Words{"one file.toml"});
  CHECK(offered({"--config", "="}, here) == Words{"one file.toml"});
  CHECK(offered({"check", "--config", "one"}, here) == Words{"one file.toml"});
  CHECK(offered({"--config", "check", "au"}) == Words{"audit"});
  CHECK(offered({"--config", "=", "check", "au"}) == Words{"audit"});
  CHECK(offered({"check", "one"}, here).empty());
}

TEST_CASE("zsh can read its completion") {
  const pages::Ended read = pages::run({"zsh", "-f", "-n", pages::path("_vodeventd")});
  CHECK(read.status == 0);
  CHECK(read.err.empty());
}
