// Users and groups by the names people know them by, and numbers in people's units.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <string>

namespace vodeventd {

// The number, where it has no name.
std::string user_name(uid_t user);
std::string group_name(gid_t group);

// Those that the group itself names, "alice, bob"; whose own group it is, is not among them.
std::string group_members(gid_t group);

std::string in_ms(std::chrono::nanoseconds time);  // "3.2 ms"
std::string in_bytes(double bytes);                // "12 MiB"

}  // namespace vodeventd
