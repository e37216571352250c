#include "daemon/manual/facts.h"

namespace manual {

Facts facts() {
  return {{"version", [] { return std::string(VODEVENTD_VERSION); }},
          {"synopsis", synopsis},
          {"verbs", verbs},
          {"options", options},
          {"exits", exits},
          {"keys", keys},
          {"variables", variables},
          {"error-classes", error_classes},
          {"error-codes", error_codes},
          {"troubles", troubles},
          {"tables", tables},
          {"common-views", common_views},
          {"event-views", event_views},
          {"audit-rules", audit_rules},
          {"vodsim-about", vodsim_about},
          {"vodsim-options", vodsim_options},
          {"vodsim-sections", vodsim_sections},
          {"verb-words", verb_words},
          {"common-options", common_options},
          {"options-with-value", options_with_value},
          {"options-with-file", options_with_file},
          {"bash-verb-cases", bash_verb_cases},
          {"zsh-verbs", zsh_verbs},
          {"zsh-common-options", zsh_common_options},
          {"zsh-verb-cases", zsh_verb_cases}};
}

}  // namespace manual
