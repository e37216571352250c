#include "daemon/check/rights.h"

#include "base/file.h"
#include "daemon/names.h"
#include "daemon/parts.h"
#include "daemon/rights.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

namespace vodeventd {
namespace {

struct Need {
  std::string key;   // of the configuration
  std::string path;  // empty: not configured
  int mode;
};

std::vector<Need> needs_of(const Config& config) {
  const bool pulled = pulls(config), received = !config.receiver.listen.empty();
  const std::string& textfile = config.metrics.textfile;
  return {
      {"configuration", config.origin.read ? config.origin.path : "", R_OK},
      {"api.ca_file", config.api.ca_file, R_OK},
      {"credentials.secret_key_file", pulled ? config.credentials.secret_key_file : "", R_OK},
      {"credentials.token_file", pulled ? config.credentials.token_file : "", R_OK},
      {"receiver.sign_key_file", received ? config.receiver.sign_key_file : "", R_OK},
      {"metrics.textfile", textfile.empty() ? "" : base::folder_of(textfile), W_OK},
  };
}

// The number of each need that is not met, what the user may not do, and to which path.
std::string unmet(const std::vector<Need>& needs) {
  std::string lines;
  for (std::size_t i = 0; i < needs.size(); ++i) {
    if (needs[i].path.empty()) continue;
    const Lack lack = lack_of(needs[i].path, needs[i].mode);
    if (!lack.may_not.empty())
      lines += std::to_string(i) + ' ' + lack.may_not + ' ' + lack.path + '\n';
  }
  return lines;
}

}  // namespace

void check_rights(const Config& config, Findings& findings) try {
  struct stat folder {};
  if (geteuid() != 0 || stat(base::folder_of(config.store.path).c_str(), &folder) != 0 ||
      folder.st_uid == 0)
    return;
  const std::vector<Need> needs = needs_of(config);
  std::istringstream lines(as_user(folder.st_uid, [&] { return unmet(needs); }));
  std::size_t number = 0;
  std::string may_not, path;
  while (lines >> number >> may_not && std::getline(lines >> std::ws, path))
    findings.bad("rights",
                 "user " + user_name(folder.st_uid) + " may not " + may_not + ' ' + path + " (" +
                     needs.at(number).key + ')',
                 "sudo chgrp " + group_name(folder.st_gid) + ' ' + path + " && sudo chmod g+" +
                     (may_not == "read"    ? 'r'
                      : may_not == "write" ? 'w'
                                           : 'x') +
                     ' ' + path,
                 exit_configuration);
} catch (const std::system_error& error) {
  findings.unknown("rights", error.what(), "Run this as the daemon's user too");
}

}  // namespace vodeventd
