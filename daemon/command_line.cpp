#include "daemon/command_line.h"

#include "base/moment.h"
#include "daemon/config.h"
#include "daemon/exit.h"

#include <CLI/CLI.hpp>
#include <optional>
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

// A name that a script has left empty asks for nothing, and least of all for everything.
std::string not_empty(const std::string& text) { return text.empty() ? "it is empty" : ""; }

// CLI::PositiveNumber tells of a range with 309 digits.
std::string positive(const std::string& number) {
  const bool negative = number.starts_with('-');
  return negative || number.find_first_not_of('0') == number.npos ? number + " is less than 1" : "";
}

std::string not_negative(const std::string& number) {
  return number.starts_with('-') ? number + " is less than 0" : "";
}

void describe_time(CLI::App& verb, const std::string& name, std::optional<base::Utc>& time,
                   const std::string& meaning) {
  const auto read = [name, &time](const std::string& text) {
    time = base::moment(text, base::SystemClock().utc());
    if (!time)
      throw CLI::ValidationError(
          name, text + " is no time; these are: 2026-11-21, 2026-11-21T08:00:30+08:00, 2h, 7d");
  };
  verb.add_option_function<std::string>(name, read, meaning)->type_name("TIME");
}

void describe_filter(CLI::App& verb, inbox::Filter& filter) {
  verb.add_option("--type", filter.types, "of this type; may be given several times")
      ->expected(1)
      ->take_all()
      ->check(not_empty);
  describe_time(verb, "--since", filter.since,
                "received then or later: a date, a date and a time (UTC unless an offset is given),"
                " or how long ago, such as 90s, 30m, 2h, 7d");
  describe_time(verb, "--until", filter.until, "received before that");
  verb.add_option("--task", filter.task_id, "with this TaskId")->check(not_empty);
  verb.add_option("--file", filter.file_id, "with this FileId")->check(not_empty);
  verb.add_option("--source", filter.source, "that came this way")
      ->check(CLI::IsMember({"pull", "push", "import"}));
  verb.add_option("--after", filter.after,
                  "with a greater id: that of the last one of an earlier export, to read on from")
      ->check(not_negative);
  verb.add_option("--limit", filter.limit, "so many at most, by id")->check(positive);
  verb.add_flag("--all", filter.redeliveries,
                "every delivery, what is certainly a redelivery of an earlier one too");
}

void describe_export(CLI::App& app, ExportOptions& options) {
  CLI::App& verb =
      *app.add_subcommand("export", "write events to standard output, beside a running daemon too");
  describe_filter(verb, options.filter);
  const auto format = [&options](const std::string& name) { options.text.csv = name == "csv"; };
  verb.add_option_function<std::string>("--format", format, "JSON lines, or CSV with a header line")
      ->check(CLI::IsMember({"jsonl", "csv"}))
      ->default_str("jsonl");
  verb.add_flag("--no-json", options.text.without_json, "without the JSON as it was received");
}

void describe_reprocess(CLI::App& app, ReprocessOptions& options) {
  CLI::App& verb = *app.add_subcommand(
      "reprocess",
      "decode stored events again, after an upgrade that knows more of them; no daemon may run");
  verb.add_flag("--dry-run", options.dry_run,
                "say what would change and write nothing, beside a running daemon too");
  verb.add_option("--from", options.from, "the first id, to go on where an earlier one was ended")
      ->check(positive);
  verb.add_flag("--json", options.json, "one JSON object");
}

constexpr const char* about_import =
    R"(Takes PullEvents replies, single events and bodies of normal callbacks, also those of format 2.0 and
of the old pull, and what export wrote as JSON lines: one or many, one a line or printed over many,
in lists, as gzip. What is here already is known, so the same command may run again. Linked is what
was stored and may be a redelivery of an event that is here. What is no event goes to quarantine and
hinders nothing else.
Exit status: 0 when there was nothing but events, 1 when something was none or could not be read;
75 beside a running daemon.)";

void describe_import(CLI::App& app, ImportOptions& options) {
  CLI::App& verb = *app.add_subcommand(
      "import", "take events from files or standard input, in whichever form they were kept");
  verb.add_option("FILE", options.files, "what to read; - or none at all: standard input");
  verb.add_flag("--dry-run", options.dry_run,
                "say what there is and write nothing, beside a running daemon too");
  verb.add_flag("--json", options.json, "one JSON object a line for each file, and a total");
  verb.footer(about_import);
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
  describe_export(app, arguments.export_options);
  describe_reprocess(app, arguments.reprocess);
  describe_import(app, arguments.import_options);
  app.footer(footer());  // last, so that the verbs do not inherit it
}

}  // namespace vodeventd
