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
          {"vodsim-sections", vodsim_sections}};
}

}  // namespace manual
