// The pages are sound, and tell everything that the programs know.
#include "daemon/config.h"
#include "daemon/exit.h"
#include "inbox/audit.h"
#include "inbox/open.h"
#include "manual/page.h"
#include "sqlite/statement.h"
#include "support/temp_folder.h"
#include "vod/errors.h"
#include "vod/events.h"

#include <algorithm>
#include <set>

namespace {

using Catch::Contains;

// --word, wherever it stands in a help text.
std::set<std::string> options_in(const std::string& help) {
  std::set<std::string> found;
  for (std::size_t at = 0; (at = help.find("--", at)) != help.npos;) {
    std::size_t end = at + 2;
    while (end < help.size() &&
           (std::isalnum(static_cast<unsigned char>(help[end])) || help[end] == '-'))
      ++end;
    if (end > at + 2) found.insert(help.substr(at, end - at));
    at = end;
  }
  return found;
}

std::vector<std::string> verbs_in(const std::string& help) {
  std::vector<std::string> verbs;
  std::istringstream lines(help.substr(help.find("Subcommands:\n")));
  std::string line;
  for (std::getline(lines, line); std::getline(lines, line) && !line.empty();)
    if (line.size() > 2 && line[2] != ' ') verbs.push_back(line.substr(2, line.find(' ', 2) - 2));
  return verbs;
}

std::string help_of(std::vector<std::string> arguments) {
  arguments.emplace_back("--help");
  const pages::Ended help = pages::run(arguments);
  REQUIRE(help.status == 0);
  return help.out;
}

void check_options(const std::string& page, const std::string& help) {
  for (const std::string& option : options_in(help)) CHECK_THAT(page, Contains(option));
}

}  // namespace

TEST_CASE("the pages are clean to mandoc, man and the index of pages") {
  for (const std::string name : pages::names) {
    CAPTURE(name);
    const pages::Ended lint =
        pages::run({"mandoc", "-T", "lint", "-W", "warning", pages::path(name)});
    CHECK(lint.status == 0);
    CHECK(lint.out.empty());
    const pages::Ended man =
        pages::run({"man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", pages::path(name)});
    CHECK(man.status == 0);
    CHECK(man.err.empty());
    const pages::Ended index = pages::run({"lexgrog", pages::path(name)});
    CHECK(index.status == 0);
    CHECK_THAT(index.out, Contains(name.substr(0, name.rfind('.')) + " - "));
  }
}

TEST_CASE("mandoc and man do find what is wrong") {
  const support::TempFolder folder;
  const std::string bad = folder / "bad.1";
  std::ofstream(bad) << ".TH BAD 1 2026-11-21\n.SH NAME\nbad \\- worse\n.SH X\n.PP\n.PP\n.NOSUCH\n";
  CHECK(pages::run({"mandoc", "-T", "lint", "-W", "warning", bad}).status != 0);
  CHECK_FALSE(pages::run({"man", "--warnings", "-l", "-Tutf8", "-Z", bad}).err.empty());
}

TEST_CASE("every verb and option of the programs is in their pages") {
  const std::string page = pages::rendered("vodeventd.8");
  const std::string help = help_of({BINARIES "/vodeventd"});
  check_options(page, help);
  const std::vector<std::string> verbs = verbs_in(help);
  CHECK(verbs.size() >= 5);
  for (const std::string& verb : verbs) {
    CHECK_THAT(page, Contains(" vodeventd [--instance NAME | --config FILE] " + verb + ' '));
    check_options(page, help_of({BINARIES "/vodeventd", verb}));
  }
  const std::string simulator = pages::rendered("vodsim.1");
  const std::string simulator_help = help_of({BINARIES "/vodsim"});
  CHECK(options_in(simulator_help).size() > 30);
  check_options(simulator, simulator_help);
  for (const char* heading : {"LOSS", "LEDGER", "FAILURES", "FAULTS", "WITNESS", "EXIT STATUS"})
    CHECK_THAT(pages::raw("vodsim.1"), Contains(std::string("\n.SH ") + heading + '\n'));
}

TEST_CASE("every key is in the pages, with range, default and variable") {
  const std::string page = pages::rendered("vodeventd.toml.5");
  const std::string daemon = pages::rendered("vodeventd.8");
  for (const vodeventd::Key& key : vodeventd::config_keys()) {
    CAPTURE(key.section, key.name);
    CHECK_THAT(page, Contains(" [" + std::string(key.section) + "] "));
    CHECK_THAT(page, Contains(' ' + std::string(key.name) + ' '));
    CHECK_THAT(page, Contains(std::string(key.meaning.substr(1))));
    CHECK_THAT(page, Contains("Variable: " + vodeventd::variable_of(key) + ". Takes effect " +
                              (key.when == vodeventd::When::start ? "at" : "by")));
    CHECK_THAT(page, Contains(std::string(key.standard)));
    CHECK_THAT(page, Contains(vodeventd::range_of(key)));
    CHECK_THAT(daemon, Contains(vodeventd::variable_of(key)));
  }
}

TEST_CASE("every exit status, class of error, code and trouble is in the page") {
  const std::string page = pages::rendered("vodeventd.8");
  for (const vodeventd::ExitRow& row : vodeventd::exit_statuses)
    CHECK_THAT(page, Contains(' ' + std::to_string(row.status) + ' ') &&
                         Contains(std::string(row.meaning.substr(1))));
  for (const vod::ClassRow& row : vod::error_classes())
    CHECK_THAT(page, Contains(' ' + std::string(row.name) +
                              " Reaction: " + std::string(vod::sentence_of(row.reaction)) + ". " +
                              std::string(row.advice)));
  for (const vod::CodeRow& row : vod::error_codes())
    CHECK_THAT(page, Contains(' ' + std::string(row.code)));
  for (const vod::TroubleRow& row : vod::troubles())
    CHECK_THAT(page, Contains(' ' + std::string(row.code) + ' ' + std::string(row.advice)));
}

TEST_CASE("every table, view and column that a database has is in the page") {
  const support::TempFolder folder;
  sqlite::Database database = inbox::open(folder / "events.db");
  const std::string page = pages::rendered("vodeventd-schema.5");
  const std::string raw = pages::raw("vodeventd-schema.5");
  int views = 0;
  sqlite::Statement all(database,
                        "SELECT m.name, m.type, c.name FROM sqlite_master m,"
                        " pragma_table_info(m.name) c WHERE m.type IN ('table', 'view')"
                        " AND m.name NOT LIKE 'sqlite_%'");
  for (sqlite::Rows rows = all.query(); rows.next();) {
    CAPTURE(std::string(rows.text(0)), std::string(rows.text(2)));
    CHECK_THAT(page, Contains(' ' + std::string(rows.text(0)) + ' '));
    CHECK_THAT(raw, Contains("\\%" + std::string(rows.text(2)) + "\\fR") ||
                        Contains(".BR " + std::string(rows.text(2)) + " ,") ||
                        Contains(".B " + std::string(rows.text(2)) + '\n'));
    views += rows.text(1) == "view";
  }
  CHECK(views > 100);
  for (const vod::EventType& type : vod::event_types())
    if (type.member != "-" && !type.member.empty())
      CHECK_THAT(page, Contains(std::string(type.name)));
  for (const inbox::Rule& rule : inbox::rules())
    CHECK_THAT(page, Contains(std::string(rule.sentence.substr(1))));
}

TEST_CASE("what the scripts say of tables and columns is in the page") {
  const std::string page = pages::rendered("vodeventd-schema.5");
  CHECK_THAT(page, Contains("events One row for each handle that was delivered."));
  CHECK_THAT(page, Contains("id (integer) Cursor: grows, never used twice."));
  CHECK_THAT(page, Contains("schema_doc What each column of the views above means."));
  CHECK_THAT(page, Contains("pulled (integer) Deliveries; each has one of these outcomes:"));
  CHECK_THAT(page, Contains("recent The newest hundred deliveries, newest first."));
  CHECK_THAT(page, Contains("Holds events of type AigcImageComplete too."));
}

TEST_CASE("no place in a page is left without its fact") {
  for (const std::string name : pages::names) {
    const std::string page = pages::raw(name);
    for (std::size_t at = 0; (at = page.find('@', at)) != page.npos; ++at) {
      std::size_t end = at + 1;
      while (end < page.size() &&
             (std::islower(static_cast<unsigned char>(page[end])) || page[end] == '-'))
        ++end;
      CHECK_FALSE((end > at + 1 && page[end] == '@'));
    }
  }
}
