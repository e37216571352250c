// Files of the program's own: readable by their group, by others not at all.
#pragma once

#include <string>

namespace base {

// The folder that a file is in, by its path.
std::string folder_of(const std::string& path);

// Opens a file for reading and writing, made with mode 0640 where it is missing; gives the
// descriptor.  Started by root in a folder of another user, a new file is made that user's: what a
// person tries out as root must not lock the service out.  Throws std::system_error.
// `flags`: more of open(2)'s, such as O_NOFOLLOW.
int open_private(const std::string& path, int flags = 0);

}  // namespace base
