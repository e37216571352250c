#include "daemon/beside.h"

#include "base/text.h"
#include "daemon/exit.h"
#include "daemon/lock.h"

#include <cstdio>
#include <optional>
#include <string>

namespace vodeventd {

int refuse_beside(const Config& config, std::string_view more) {
  const std::string& instance = config.origin.instance;
  const std::optional<Holder> holder = Lock::holder(config.store.path);
  const std::string text =
      "vodeventd: " + config.store.path + " is in use by " +
      (holder ? "pid " + std::to_string(holder->pid) + " (" + holder->program + ')'
              : "another process") +
      ": stop it first (systemctl stop vodeventd" + (instance.empty() ? "" : '@' + instance) +
      ") and start it again afterwards" + std::string(more);
  std::fprintf(stderr, "%s\n", base::printable(text).c_str());
  return exit_running;
}

}  // namespace vodeventd
