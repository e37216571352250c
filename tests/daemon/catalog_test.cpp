// The messages of all rooms, and the journal catalog that explains them: written by us, read by
// journalctl.
#include "daemon/catalog.h"

#include "support/process.h"
#include "support/temp_folder.h"

#include <catch2/catch.hpp>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace {

using namespace std::chrono_literals;
using Catch::Contains;

std::string run(std::vector<std::string> arguments) {
  support::Process process(std::move(arguments));
  CHECK(process.wait(60s) == 0);
  return process.out();
}

// How often a header of messages declares one.
std::size_t declared_in(const std::string& header) {
  std::ifstream file(SOURCE "/" + header);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::size_t count = 0;
  const std::string declaration = "inline constexpr base::Message ";
  for (std::size_t at = text.find(declaration); at != text.npos;
       at = text.find(declaration, at + 1))
    ++count;
  return count;
}

// Each @FIELD@ must be one that journal entries have.
void check_substitutions(std::string_view text) {
  for (std::size_t at = text.find('@'); at != text.npos; at = text.find('@')) {
    const std::size_t end = text.find('@', at + 1);
    REQUIRE(end != text.npos);
    CHECK_THAT(std::string(text.substr(at + 1, end - at - 1)), Catch::Matches("VODEVENTD_[A-Z_]+"));
    text.remove_prefix(end + 1);
  }
}

}  // namespace

TEST_CASE("every message is declared in its room's list and has an identity and an explanation") {
  const auto messages = vodeventd::all_messages();
  CHECK(messages.size() == declared_in("lib/vod/messages.h") + declared_in("lib/relay/messages.h") +
                               declared_in("lib/receiver/messages.h") +
                               declared_in("daemon/messages.h"));
  std::set<std::string_view> ids, texts;
  for (const base::Message* message : messages) {
    CAPTURE(message->text);
    CHECK(texts.insert(message->text).second);
    if (message->level == base::Level::debug && message->id.empty()) continue;
    CHECK_THAT(std::string(message->id), Catch::Matches("[0-9a-f]{32}"));
    CHECK(ids.insert(message->id).second);
    CHECK(message->explanation.size() > 80);
    CHECK(message->burst >= 1);
    check_substitutions(message->explanation);
  }
}

TEST_CASE("journalctl takes the catalog and finds every message in it") {
  const support::TempFolder root;
  const std::string folder = root / "usr/lib/systemd/catalog";
  std::filesystem::create_directories(folder);
  std::filesystem::create_directories(root / "var/lib/systemd/catalog");
  std::ofstream(folder + "/vodeventd.catalog") << vodeventd::catalog();
  run({"journalctl", "--update-catalog", "--root=" + (root / "")});
  const std::string dump = run({"journalctl", "--dump-catalog", "--root=" + (root / "")});
  for (const base::Message* message : vodeventd::all_messages()) {
    CHECK_THAT(dump, Contains("-- " + std::string(message->id) + '\n'));
    CHECK_THAT(dump, Contains("Subject: " + std::string(message->text) + '\n'));
  }
  CHECK_THAT(dump, Contains("Defined-By: vodeventd\n") &&
                       Contains("Documentation: man:vodeventd(8)\n") &&
                       Contains("@VODEVENTD_ADVICE@"));
}

TEST_CASE("no line of the catalog is too long for a terminal, but for one word") {
  const std::string text = vodeventd::catalog();
  for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != text.npos; at = end + 1) {
    const std::string line = text.substr(at, end - at);
    if (line.starts_with("Subject: ")) continue;
    CAPTURE(line);
    CHECK(line.size() <= 76);
  }
}
