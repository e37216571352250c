// Looks at the configuration's file and at the credential and its files.
#pragma once

#include "daemon/check/findings.h"
#include "daemon/config.h"

#include <optional>
#include <string>

namespace vodeventd {

// Empty when it can't be used.
std::optional<Config> check_configuration(const std::string& path, bool required,
                                          const Environment& environment,
                                          const std::string& instance, Findings& findings);

// Whether there is one to sign with, or a role that gives one when it is asked; none is looked for
// where nothing is pulled.
bool check_credential(const Config& config, Findings& findings);

}  // namespace vodeventd
