#include "daemon/manual/option_list.h"

#include "daemon/manual/roff.h"

namespace manual {

std::string usage(const Option& option) {
  if (option.argument) return italic(option.names.front()) + (option.several ? " ..." : "");
  std::string text;
  for (const std::string& name : option.names) text += (text.empty() ? "" : ", ") + bold(name);
  return option.value.empty() ? text : text + ' ' + italic(option.value);
}

std::string list(const std::vector<Option>& options) {
  std::string text;
  for (const Option& option : options) {
    std::string body = prose(capital(option.meaning));
    for (const std::string& other : option.needs) body += "\nNeeds " + bold(other) + '.';
    if (!option.standard.empty()) body += "\nDefault: " + bold(option.standard) + '.';
    text += item(usage(option), body);
  }
  return text;
}

}  // namespace manual
