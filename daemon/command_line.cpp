#include "daemon/command_line.h"

#include "daemon/config.h"
#include "daemon/exit.h"

#include <CLI/CLI.hpp>
#include <string>

namespace vodeventd {
namespace {

constexpr const char* about =
    "Pulls the events of Tencent Cloud VOD, stores them in SQLite, then confirms them.";

std::string describe_exits() {
  std::string text = "Exit status:\n";
  for (const ExitRow& row : exit_statuses) {
    std::string line = "  " + std::to_string(row.status);
    line.resize(6, ' ');
    text += line + std::string(row.meaning) + '\n';
  }
  return text;
}

std::string footer() {
  return "Configuration (TOML; in parentheses what holds when a key is missing):\n" +
         describe_config() +
         "\nAn environment variable VODEVENTD_<SECTION>_<KEY>, such as VODEVENTD_API_SUB_APP_ID, "
         "overrides the file.\n\n" +
         describe_exits();
}

void describe_check(CLI::App& check, CheckOptions& options) {
  auto* online = check.add_flag("--online", options.online,
                                "also ask the service: key, permissions, delivery mode, queue");
  check.add_flag("--pull", options.pull, "and pull once, unless a daemon runs: leases events")
      ->needs(online);
  check.add_flag("--configuration", options.configuration, "read the configuration, nothing else")
      ->excludes(online);
  check.add_flag("--json", options.json, "one JSON object");
}

}  // namespace

void describe(CLI::App& app, Arguments& arguments) {
  app.name("vodeventd");
  app.description(about);
  app.set_version_flag("--version", "vodeventd " VODEVENTD_VERSION);
  app.add_option("--config", arguments.config, "configuration file")
      ->type_name("FILE")
      ->capture_default_str();
  app.add_option("--instance", arguments.instance,
                 "one of several on this machine: reads /etc/vodeventd/NAME.toml, keeps "
                 "/var/lib/vodeventd/NAME/events.db")
      ->type_name("NAME");
  app.require_subcommand(1);
  app.fallthrough();  // --config is taken behind the verb too
  app.add_subcommand("run", "pull, store and confirm until stopped (what the service does)");
  app.add_subcommand("drain", "the same until the queue is empty, then exit 0");
  describe_check(*app.add_subcommand(
                     "check", "find what is wrong on this machine, and say what to do about it"),
                 arguments.check);
  auto* audit = app.add_subcommand(
      "audit", "prove from the database that nothing was lost: exit 0 if so, else 1");
  audit->add_flag("--json", arguments.json, "one JSON object");
  auto* explain = app.add_subcommand("explain", "the whole story of an event, with times and ids");
  explain->add_option("KEY", arguments.key, "a handle, TaskId or FileId")
      ->required()
      ->check([](const std::string& key) { return key.empty() ? "KEY is empty" : ""; });
  explain->add_flag("--json", arguments.json, "one JSON object a line for each event");
  auto* backup = app.add_subcommand(
      "backup", "copy the database as it is at one moment, beside a running daemon too");
  backup
      ->add_option("FILE", arguments.file,
                   "the copy; must not be there yet (FILE.part is, while it is not complete)")
      ->required()
      ->check([](const std::string& file) { return file.empty() ? "FILE is empty" : ""; });
  app.footer(footer());  // last, so that the verbs do not inherit it
}

}  // namespace vodeventd
