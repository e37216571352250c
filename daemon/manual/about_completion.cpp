// Pieces of the daemon's completion by shells.
#include "daemon/manual/command_line.h"
#include "daemon/manual/facts.h"

namespace manual {
namespace {

std::string words_of(const std::vector<Option>& options) {
  std::string words;
  for (const Option& option : options) {
    if (option.argument) continue;
    for (const std::string& name : option.names) words += (words.empty() ? "" : " ") + name;
  }
  return words;
}

// The names of options that satisfy `of`, as a pattern of case; one that matches nothing if none
// do.
template <class Of>
std::string pattern(Of of) {
  const CommandLine line = daemon_command_line();
  std::string names;
  const auto add = [&](const Verb& verb) {
    for (const Option& option : verb.options)
      for (const std::string& name : option.names)
        if (!option.argument && of(option)) names += (names.empty() ? "" : " | ") + name;
  };
  add(line.program);
  for (const Verb& verb : line.verbs) add(verb);
  return names.empty() ? "''" : names;
}

bool takes_file(const Verb& verb) {
  for (const Option& option : verb.options)
    if (option.argument && option.takes_file()) return true;
  return false;
}

// For single quotes in a specification of _arguments.
std::string quoted(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'')
      out += "'\\''";
    else if (c == '[' || c == ']' || c == ':' || c == '\\')
      out += std::string("\\") + c;
    else
      out += c;
  }
  return out;
}

std::string zsh_value(const Option& option) {
  if (option.takes_file()) return ":file:_files";
  return option.value.empty() ? "" : ':' + quoted(option.value) + ": ";
}

// A specification for each name of each option, and for each argument.
std::string zsh_options(const Verb& verb, const std::string& before) {
  std::string text;
  for (const Option& option : verb.options) {
    if (option.argument)
      text += before + (option.several ? "'*:" : "':") + quoted(option.meaning) +
              (option.takes_file() ? ":_files'" : ": '");
    else
      for (const std::string& name : option.names)
        text +=
            before + '\'' + name + '[' + quoted(option.meaning) + ']' + zsh_value(option) + '\'';
  }
  return text;
}

}  // namespace

std::string verb_words() {
  std::string words;
  for (const Verb& verb : daemon_command_line().verbs)
    words += (words.empty() ? "" : " ") + verb.name;
  return words;
}

std::string common_options() { return words_of(daemon_command_line().program.options); }

std::string options_with_value() {
  return pattern([](const Option& option) { return !option.value.empty(); });
}

std::string options_with_file() {
  return pattern([](const Option& option) { return option.takes_file(); });
}

std::string bash_verb_cases() {
  std::string cases;
  for (const Verb& verb : daemon_command_line().verbs) {
    const std::string own = words_of(verb.options);
    cases += "    " + verb.name + ") words='" + (own.empty() ? "" : own + ' ') + common_options() +
             "' files=" + (takes_file(verb) ? "true" : "false") + " ;;\n";
  }
  return cases;
}

std::string zsh_verbs() {
  std::string text;
  for (const Verb& verb : daemon_command_line().verbs)
    text += "    '" + verb.name + ':' + quoted(verb.meaning) + "'\n";
  return text;
}

// Behind the first line's end.
std::string zsh_common_options() {
  return zsh_options(daemon_command_line().program, "\n    ").substr(1);
}

std::string zsh_verb_cases() {
  std::string cases;
  for (const Verb& verb : daemon_command_line().verbs)
    cases += "        " + verb.name + ") _arguments $common" + zsh_options(verb, " ") + " ;;\n";
  return cases;
}

}  // namespace manual
