// The verb export: events as JSON lines or CSV on standard output, beside a running daemon or
// without one.
#pragma once

#include "daemon/config.h"
#include "daemon/event_text.h"
#include "inbox/selection.h"

namespace vodeventd {

struct ExportOptions {
  inbox::Filter filter;
  EventText text;
};

// Gives the exit status: 0, also when whoever reads has enough, or exit_usage when there is no type
// of that name.  Memory does not grow with what is written.  Throws inbox::Refused and
// std::system_error when the database can't be read or standard output not be written.
int export_events(const Config& config, const ExportOptions& options);

}  // namespace vodeventd
