// What the code knows and the templates tell, each as a piece of roff or of shell.
#pragma once

#include "daemon/manual/page.h"

#include <string>

namespace manual {

// All of them, by the names that the templates use.
Facts facts();

// Of the daemon: command line, exit statuses, configuration.
std::string synopsis();
std::string verbs();
std::string options();
std::string exits();
std::string keys();
std::string variables();

// Of the service: errors and what is done about them.
std::string error_classes();
std::string error_codes();
std::string troubles();

// Of the database.
std::string tables();
std::string common_views();
std::string event_views();
std::string audit_rules();

// Of vodsim.
std::string vodsim_about();
std::string vodsim_options();
std::string vodsim_sections();

// Of the daemon's command line, as shells want it.
std::string verb_words();
std::string common_options();
std::string options_with_value();  // a pattern of case
std::string options_with_file();
std::string bash_verb_cases();
std::string zsh_verbs();
std::string zsh_common_options();
std::string zsh_verb_cases();

}  // namespace manual
