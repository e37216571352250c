// Exit statuses, after sysexits.h.
#pragma once

namespace vodeventd {

inline constexpr int exit_usage = 64;          // the command line is wrong
inline constexpr int exit_unavailable = 69;    // service not reachable, refusing; drain stopped
inline constexpr int exit_io = 74;             // the disk failed: a restart begins from its truth
inline constexpr int exit_running = 75;        // another process works on this database
inline constexpr int exit_configuration = 78;  // a person has to act: no restart helps

}  // namespace vodeventd
