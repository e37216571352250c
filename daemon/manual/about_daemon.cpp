// The daemon's command line, exit statuses and configuration.
#include "daemon/config.h"
#include "daemon/exit.h"
#include "daemon/manual/facts.h"
#include "daemon/manual/option_list.h"
#include "daemon/manual/roff.h"

namespace manual {
namespace {

std::string synopsis_of(const Verb& verb) {
  std::string text = bold("vodeventd") + " [" + bold("--instance") + ' ' + italic("NAME") + " | " +
                     bold("--config") + ' ' + italic("FILE") + "] " + bold(verb.name);
  for (const Option& option : verb.options)
    text += option.required ? ' ' + usage(option) : " [" + usage(option) + ']';
  return text;
}

std::string body_of(const vodeventd::Key& key) {
  std::string text =
      prose(capital(key.meaning)) + "\n.br\nTakes " + prose(vodeventd::kind_name(key.kind));
  if (const std::string range = vodeventd::range_of(key); !range.empty())
    text += ", " + literal(range);
  text += key.standard.empty() ? "; not set by default." : "; default " + bold(key.standard) + '.';
  return text + "\n.br\nVariable: " + bold(vodeventd::variable_of(key)) + ".\n" +
         (key.when == vodeventd::When::start ? "Takes effect at the next start."
                                             : "Takes effect by SIGHUP too.");
}

}  // namespace

std::string synopsis() {
  std::string text;
  for (const Verb& verb : daemon_command_line().verbs)
    text += (text.empty() ? "" : "\n.br\n") + synopsis_of(verb);
  return text;
}

std::string verbs() {
  std::string text;
  for (const Verb& verb : daemon_command_line().verbs) {
    text += item(bold(verb.name), prose(capital(verb.meaning)));
    if (!verb.options.empty()) text += ".RS\n" + list(verb.options) + ".RE\n";
  }
  return text;
}

std::string options() { return list(daemon_command_line().program.options); }

std::string exits() {
  std::string text;
  for (const vodeventd::ExitRow& row : vodeventd::exit_statuses)
    text += item(bold(std::to_string(row.status)), prose(capital(row.meaning)));
  return text;
}

std::string keys() {
  std::string text;
  std::string_view section;
  for (const vodeventd::Key& key : vodeventd::config_keys()) {
    if (key.section != section) text += ".SS [" + std::string(section = key.section) + "]\n";
    text += item(bold(key.name), body_of(key));
  }
  return text;
}

std::string variables() {
  std::string text;
  for (const vodeventd::Key& key : vodeventd::config_keys())
    text += (text.empty() ? "" : ",\n") + bold(vodeventd::variable_of(key));
  return text;
}

}  // namespace manual
