// Exit statuses, after sysexits.h, and what each one says: --help, the manual and README tell them
// from this one table.
#pragma once

#include <string_view>

namespace vodeventd {

inline constexpr int exit_usage = 64;          // the command line is wrong
inline constexpr int exit_unavailable = 69;    // service not reachable, refusing; stopped early
inline constexpr int exit_io = 74;             // the disk failed: a restart begins from its truth
inline constexpr int exit_running = 75;        // another process works on this database
inline constexpr int exit_configuration = 78;  // a person has to act: no restart helps

struct ExitRow {
  int status;
  std::string_view meaning;
};

inline constexpr ExitRow exit_statuses[] = {
    {0, "done"},
    {1, "audit found something wrong, explain found nothing, or import could not take all"},
    {exit_usage, "usage"},
    {exit_unavailable, "service not reachable or refusing, or drain or import stopped early"},
    {exit_io, "disk failed"},
    {exit_running, "already running on this database"},
    {exit_configuration, "configuration, credential or database unusable"},
};

}  // namespace vodeventd
