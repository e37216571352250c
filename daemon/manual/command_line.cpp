#include "daemon/manual/command_line.h"

#include "daemon/command_line.h"
#include "vodsim/options.h"

#include <CLI/CLI.hpp>

namespace manual {
namespace {

// What a value is, from the library's words for type and checks: TEXT:{new,same} is new|same.
std::string value_of(const CLI::Option& option) {
  if (option.get_items_expected_max() == 0) return {};
  std::string type = option.get_type_name();
  const std::size_t colon = type.find(':');
  std::string check = colon == type.npos ? "" : type.substr(colon + 1);
  const bool named = option.get_positional() && option.get_name(true) == "FILE";
  if (named || type == "FILE" || check == "FILE" || check.starts_with("PATH")) return "FILE";
  if (check.find('|') != check.npos) return check;
  if (check.starts_with('{')) {
    for (char& c : check)
      if (c == ',') c = '|';
    return check.substr(1, check.find('}') - 1);
  }
  if (type == "NAME" || type == "TIME") return type;
  return type.starts_with("TEXT") ? "text" : "number";
}

Option read(const CLI::Option& option) {
  Option out;
  out.argument = option.get_positional();
  if (out.argument) {
    out.names.push_back(option.get_name(true));
  } else {
    for (const std::string& name : option.get_snames()) out.names.push_back('-' + name);
    for (const std::string& name : option.get_lnames()) out.names.push_back("--" + name);
  }
  out.value = value_of(option);
  out.standard = option.get_default_str();
  out.meaning = option.get_description();
  out.required = option.get_required();
  out.several = out.argument && option.get_items_expected_max() > 1;
  for (const CLI::Option* other : option.get_needs()) out.needs.push_back(other->get_name());
  return out;
}

Verb read_verb(const CLI::App& app, bool with_help) {
  Verb verb{app.get_name(), app.get_description(), {}};
  for (const CLI::Option* option : app.get_options())
    if (with_help || option != app.get_help_ptr()) verb.options.push_back(read(*option));
  return verb;
}

}  // namespace

CommandLine read(CLI::App& app) {
  CommandLine line{read_verb(app, true), {}};
  for (const CLI::App* verb : app.get_subcommands({}))
    line.verbs.push_back(read_verb(*verb, false));
  return line;
}

CommandLine daemon_command_line() {
  vodeventd::Arguments arguments;
  CLI::App app;
  vodeventd::describe(app, arguments);
  return read(app);
}

CommandLine vodsim_command_line() {
  CommandLine line;
  vodsim::with_command_line([&](CLI::App& app) { line = read(app); });
  return line;
}

}  // namespace manual
