#include "daemon/check/check.h"

#include "daemon/check/database.h"
#include "daemon/check/disk.h"
#include "daemon/check/files.h"
#include "daemon/check/findings.h"
#include "daemon/check/machine.h"
#include "daemon/check/reception.h"
#include "daemon/check/rights.h"
#include "daemon/check/service.h"
#include "daemon/check/way.h"
#include "daemon/parts.h"

#include <optional>

namespace vodeventd {
namespace {

void look_online(const Config& config, bool credential, bool pull, Findings& findings) {
  if (!pulls(config))
    findings.unknown("service", "not asked: nothing is pulled, and there is no key to ask with",
                     "The console tells whether NotificationUrl leads here");
  else if (check_way(config, findings) && credential)
    check_service(config, pull, findings);
}

}  // namespace

int check(const std::string& path, bool required, const Environment& environment,
          const std::string& instance, const CheckOptions& options) {
  Findings findings;
  const std::optional<Config> config =
      check_configuration(path, required, environment, instance, findings);
  if (config) check_work(*config, findings);
  if (!options.configuration) {
    const bool credential = config && check_credential(*config, findings);
    if (config) check_reception(*config, findings);
    if (config) check_rights(*config, findings);
    if (config) check_database(*config, findings);
    if (config) check_disk(*config, findings);
    check_machine(findings);
    if (config && options.online) look_online(*config, credential, options.pull, findings);
  }
  (options.json ? print_json : print_lines)(findings);
  return findings.status();
}

}  // namespace vodeventd
