#include "daemon/manual/completion.h"

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

std::string verb_words(const CommandLine& line) {
  std::string words;
  for (const Verb& verb : line.verbs) words += (words.empty() ? "" : " ") + verb.name;
  return words;
}

// The names of options that satisfy `of`, as a pattern of case; one that matches nothing if none
// do.
template <class Of>
std::string pattern(const CommandLine& line, Of of) {
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

std::string verb_case(const Verb& verb, const std::string& common) {
  const std::string own = words_of(verb.options);
  std::string files = "false";
  for (const Option& option : verb.options)
    if (option.argument && option.takes_file()) files = "true";
  return "    " + verb.name + ") words='" + (own.empty() ? "" : own + ' ') + common +
         "' files=" + files + " ;;\n";
}

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

std::string zsh_specs(const Verb& verb) {
  std::string specs;
  for (const Option& option : verb.options) {
    const std::string what = option.takes_file()    ? ":file:_files"
                             : option.value.empty() ? ""
                                                    : ":" + quoted(option.value) + ": ";
    if (option.argument) {
      specs += " ':" + quoted(option.meaning) + (option.takes_file() ? ":_files'" : ": '");
      continue;
    }
    for (const std::string& name : option.names)
      specs += " '" + name + '[' + quoted(option.meaning) + ']' + what + '\'';
  }
  return specs;
}

}  // namespace

std::string bash_completion(const CommandLine& line) {
  const std::string common = words_of(line.program.options);
  std::string cases;
  for (const Verb& verb : line.verbs) cases += verb_case(verb, common);
  return R"(# vodeventd's verbs and options, and files where one is asked for.
_vodeventd() {
  local word=${COMP_WORDS[COMP_CWORD]} before= verb= words= files=false i
  [ "$COMP_CWORD" -eq 0 ] || before=${COMP_WORDS[COMP_CWORD - 1]}
  # --config=FILE comes as three words.
  if [ "$word" = = ]; then
    word=
  elif [ "$before" = = ] && [ "$COMP_CWORD" -gt 1 ]; then
    before=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
    )" + pattern(line, [](const Option& option) { return !option.value.empty(); }) +
         R"()
      [ "${COMP_WORDS[i + 1]-}" != = ] || i=$((i + 1))
      i=$((i + 1))
      ;;
    -*) ;;
    *) verb=${verb:-${COMP_WORDS[i]}} ;;
    esac
  done
  case $verb in
    '') words=')" +
         verb_words(line) + ' ' + common + "' ;;\n" + cases + R"(  esac
  case $before in
  )" + pattern(line, [](const Option& option) { return option.takes_file(); }) +
         R"() words= files=true ;;
  esac
  COMPREPLY=()
  if "$files" && [[ $word != -* ]]; then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
  fi
}
complete -F _vodeventd vodeventd
)";
}

std::string zsh_completion(const CommandLine& line) {
  std::string verbs, cases;
  for (const Verb& verb : line.verbs) {
    verbs += "    '" + verb.name + ':' + quoted(verb.meaning) + "'\n";
    cases +=
        "    " + verb.name + ") _arguments" + zsh_specs(line.program) + zsh_specs(verb) + " ;;\n";
  }
  return R"(#compdef vodeventd
# vodeventd's verbs and options, and files where one is asked for.
_vodeventd() {
  local curcontext=$curcontext state line
  local -a verbs
  verbs=(
)" + verbs +
         "  )\n  _arguments -C" + zsh_specs(line.program) + R"( '1:verb:->verb' '*::argument:->rest'
  case $state in
  verb) _describe verb verbs ;;
  rest)
    case $words[1] in
)" + cases +
         R"(    esac
    ;;
  esac
}
_vodeventd "$@"
)";
}

}  // namespace manual
