// vodeventd: reads the command line and the configuration, and hands over to the verb.  One of the
// two places that catch exceptions: here an error becomes a line and an exit status.
#include "credentials/source.h"
#include "daemon/audit.h"
#include "daemon/backup.h"
#include "daemon/check/check.h"
#include "daemon/command_line.h"
#include "daemon/config.h"
#include "daemon/exit.h"
#include "daemon/explain.h"
#include "daemon/export.h"
#include "daemon/import/import.h"
#include "daemon/log_sink.h"
#include "daemon/messages.h"
#include "daemon/reprocess.h"
#include "daemon/run.h"
#include "inbox/inbox.h"
#include "inbox/open.h"
#include "inbox/trouble.h"

#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>

namespace {

using vodeventd::Arguments;
using vodeventd::Config;
namespace messages = vodeventd::messages;

// As soon as it is known: the line that tells why the process ends carries it, too.
std::optional<std::uint64_t> sub_app_id;

vodeventd::Environment environment() {
  vodeventd::Environment variables;
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != text.npos) variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

int run_verb(const Arguments& arguments, const Config& config) {
  if (arguments.verb == "audit") return vodeventd::audit(config, arguments.json);
  if (arguments.verb == "explain") return vodeventd::explain(config, arguments.key, arguments.json);
  if (arguments.verb == "backup") return vodeventd::backup(config, arguments.file);
  if (arguments.verb == "reprocess") return vodeventd::reprocess(config, arguments.reprocess);
  if (arguments.verb == "export") return vodeventd::export_events(config, arguments.export_options);
  if (arguments.verb == "import") return vodeventd::import_files(config, arguments.import_options);
  base::SystemClock clock;
  base::Log log(config.log_level, clock, vodeventd::log_sink(sub_app_id));
  return vodeventd::run(config, log, arguments.verb == "drain");
}

// Damage that is found at work is told as damage that is found at the start is.
int with_config(const Arguments& arguments) {
  if (arguments.verb == "check")
    return vodeventd::check(arguments.config, arguments.config_given, environment(),
                            arguments.instance, arguments.check);
  const Config config = vodeventd::load_config(arguments.config, arguments.config_given,
                                               environment(), arguments.instance);
  sub_app_id = config.api.sub_app_id;
  try {
    return run_verb(arguments, config);
  } catch (const std::system_error& error) {
    if (inbox::damaged(error.code())) inbox::refuse_damaged(config.store.path, error);
    throw;
  }
}

int report(const base::Message& message, std::initializer_list<base::Field> fields, int status) {
  base::SystemClock clock;
  base::Log log(base::Level::error, clock, vodeventd::log_sink(sub_app_id));
  log(message, fields);
  return status;
}

int report(const base::Message& message, const std::exception& error, int status) {
  return report(message, {{"error", error.what()}}, status);
}

// A path that is wrong is a person's to mend; a full disk, I/O errors and shortages may pass, so
// that a restart is worth it.
int report_system(const std::system_error& error) {
  constexpr std::errc wrong_path[] = {std::errc::no_such_file_or_directory,
                                      std::errc::permission_denied, std::errc::not_a_directory,
                                      std::errc::is_a_directory};
  const bool wrong =
      std::find(std::begin(wrong_path), std::end(wrong_path), error.code()) != std::end(wrong_path);
  const inbox::Trouble trouble = inbox::trouble_of(error);
  return report(messages::could_not_go_on,
                {{"error", trouble.error},
                 {"error_code", trouble.code},
                 {"errno", trouble.errno_text},
                 {"advice", trouble.advice}},
                wrong ? vodeventd::exit_configuration : vodeventd::exit_io);
}

}  // namespace

int main(int argc, char** argv) try {
  umask(0027);  // the database is for its user and group alone
  Arguments arguments;
  CLI::App app;
  vodeventd::describe(app, arguments);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : vodeventd::exit_usage;
  }
  arguments.config_given = app.count("--config") > 0 || !arguments.instance.empty();
  if (app.count("--instance") > 0) vodeventd::check_instance(arguments.instance);
  if (app.count("--config") == 0) arguments.config = vodeventd::config_of(arguments.instance);
  arguments.verb = app.get_subcommands().front()->get_name();
  return with_config(arguments);
} catch (const vodeventd::ConfigError& error) {
  return report(messages::configuration_wrong, error, vodeventd::exit_configuration);
} catch (const credentials::Error& error) {
  return report(messages::no_usable_credential, error, vodeventd::exit_configuration);
} catch (const inbox::Refused& error) {
  return report(messages::database_refused, error, vodeventd::exit_configuration);
} catch (const std::system_error& error) {
  return report_system(error);
} catch (const std::exception& error) {
  return report(messages::unexpected_error, error, vodeventd::exit_io);
}
