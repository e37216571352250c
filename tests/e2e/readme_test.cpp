// What README and the example configuration say is what the programs do.
#include "daemon/config.h"
#include "daemon/exit.h"
#include "e2e/doctor.h"
#include "httpd/listener.h"
#include "support/skip.h"
#include "support/temp_folder.h"
#include "vod/errors.h"

#include <signal.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;

std::string text_of(const std::string& name) {
  std::ifstream file(std::string(SOURCE) + '/' + name);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

// The code blocks of a page in this language.
std::vector<std::string> blocks(const std::string& page, const std::string& language) {
  std::vector<std::string> found;
  const std::string begin = "\n```" + language + '\n';
  for (std::size_t at = page.find(begin); at != page.npos; at = page.find(begin, at + 1)) {
    const std::size_t from = at + begin.size();
    found.push_back(page.substr(from, page.find("```", from) - from));
  }
  return found;
}

}  // namespace

TEST_CASE_METHOD(e2e::Setup, "the queries of README run while the daemon writes") {
  simulate(
      {"--events", FIXTURES "/samples", "--generate", "3000", "--hold-s", "0.5", "--rate", "40"});
  configure();
  auto process = daemon("run");
  await_log("stored events=");
  int queries = 0;
  std::istringstream lines(text_of("README.md"));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("sqlite3 -readonly")) continue;
    ++queries;
    const std::string usual = "/var/lib/vodeventd/events.db";
    const std::size_t at = line.find(usual);
    REQUIRE(at != std::string::npos);
    line.replace(at, usual.size(), "\"$0\"");
    support::Process shell({"sh", "-c", line, database});
    CAPTURE(line);
    CHECK(shell.wait(20s) == 0);
    CHECK(shell.err().empty());
  }
  CHECK(queries == 5);
  CHECK(process.running());
  process.signal(SIGTERM);
  CHECK(process.wait(15s) == 0);
  CHECK(number("SELECT count(*) FROM TranscodeComplete_PlayInfoSet") > 0);
}

TEST_CASE("README names every class of error with reaction and advice") {
  const std::string readme = text_of("README.md");
  for (const vod::ClassRow& row : vod::error_classes()) {
    CAPTURE(row.name);
    CHECK_THAT(readme, Catch::Contains("| " + std::string(row.name) + " | " +
                                       std::string(vod::sentence_of(row.reaction))));
    CHECK_THAT(readme, Catch::Contains("| " + std::string(row.advice) + " |"));
  }
  for (const vod::TroubleRow& row : vod::troubles())
    CHECK_THAT(readme, Catch::Contains("| " + std::string(row.code) + " | " +
                                       std::string(row.advice) + " |"));
}

TEST_CASE("README tells every exit status as the program does") {
  std::istringstream words(text_of("README.md"));
  std::string readme;
  for (std::string word; words >> word;) readme += word + ' ';
  for (const vodeventd::ExitRow& row : vodeventd::exit_statuses) {
    CAPTURE(row.status);
    CHECK_THAT(readme,
               Catch::Contains(' ' + std::to_string(row.status) + ' ' + std::string(row.meaning)));
  }
}

TEST_CASE("the example configuration names every key with its default") {
  const std::string example = text_of("systemd/vodeventd.toml");
  for (const vodeventd::Key& key : vodeventd::config_keys()) {
    CAPTURE(key.section, key.name);
    const bool quoted = key.kind == vodeventd::Kind::text;
    const std::string value = std::string(key.standard);
    const std::string line = "# " + std::string(key.name) + " = " +
                             (value.empty() ? ""
                              : quoted      ? '"' + value + '"'
                                            : value);
    CHECK_THAT(example, Catch::Contains(line));
  }
}

TEST_CASE("every snippet of README can be appended to the installed configuration") {
  const std::string installed = text_of("systemd/vodeventd.toml");
  const support::TempFolder folder;
  for (const char* page : {"README.md", "README.zh-CN.md"}) {
    const std::vector<std::string> snippets = blocks(text_of(page), "toml");
    REQUIRE(snippets.size() >= 3);
    for (const std::string& snippet : snippets) {
      const std::string path = folder.write("vodeventd.toml", installed + snippet);
      CHECK(vodeventd::load_config(path, true, {}).values.size() >= 2);
    }
  }
}

TEST_CASE_METHOD(e2e::Doctor, "README's example with vodsim touches nothing of the machine") {
  if (geteuid() != 0) return support::skip("needs root, to put a configuration into /etc");
  std::string script;
  for (const std::string& block : blocks(text_of("README.md"), "sh"))
    if (block.starts_with("build/release/bin/vodsim")) script = block;
  REQUIRE_FALSE(script.empty());
  const std::string place = httpd::Listener("127.0.0.1:0").address();
  std::filesystem::create_directory_symlink(BINARIES, folder / "bin");
  const std::vector<std::pair<std::string, std::string>> places = {
      {"/tmp", folder.path()}, {"build/release/bin", folder / "bin"}, {"127.0.0.1:8700", place}};
  for (const auto& [usual, ours] : places)
    for (std::size_t at = 0; (at = script.find(usual, at)) != script.npos; at += ours.size())
      script.replace(at, usual.size(), ours);
  e2e::Arguments command = with(
      "mount -t tmpfs none /etc; mkdir /etc/vodeventd; echo broken >/etc/vodeventd/vodeventd.toml");
  command.insert(command.end(), {"bash", "-ec", script});
  support::Process example(command);
  CHECK(example.wait(60s) == 0);
  INFO(example.err());
  CHECK(number("SELECT count(confirmed_at) FROM events") == 500);
}
