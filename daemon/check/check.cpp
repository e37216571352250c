#include "daemon/check/check.h"

#include "daemon/check/database.h"
#include "daemon/check/disk.h"
#include "daemon/check/files.h"
#include "daemon/check/findings.h"
#include "daemon/check/machine.h"
#include "daemon/check/service.h"
#include "daemon/check/way.h"

#include <optional>

namespace vodeventd {

int check(const std::string& path, bool required, const Environment& environment,
          const std::string& instance, const CheckOptions& options) {
  Findings findings;
  const std::optional<Config> config =
      check_configuration(path, required, environment, instance, findings);
  if (!options.configuration) {
    const bool credential = config && check_credential(*config, findings);
    if (config) check_database(*config, findings);
    if (config) check_disk(*config, findings);
    check_machine(findings);
    if (config && options.online && check_way(*config, findings) && credential)
      check_service(*config, options.pull, findings);
  }
  (options.json ? print_json : print_lines)(findings);
  return findings.status();
}

}  // namespace vodeventd
