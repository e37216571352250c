// The command line, declared once: the daemon reads by it; its manual and its completion are made
// of it.
#pragma once

#include "daemon/check/check.h"
#include "daemon/export.h"
#include "daemon/import/import.h"
#include "daemon/reprocess.h"

#include <string>

namespace CLI {
class App;
}

namespace vodeventd {

struct Arguments {
  std::string config = "/etc/vodeventd/vodeventd.toml";
  std::string instance;
  bool config_given = false;
  CheckOptions check;
  ExportOptions export_options;
  ReprocessOptions reprocess;
  ImportOptions import_options;
  bool json = false;
  std::string key;
  std::string file;
  std::string verb;
};

// Declares verbs and options in `app`, which stores what it parses in `arguments`: they must live
// as long.  An option that takes a path says so by its type name FILE, an argument by its own name.
void describe(CLI::App& app, Arguments& arguments);

}  // namespace vodeventd
