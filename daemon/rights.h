// What a user may do with a file, in words.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

namespace vodeventd {

// A right that the process's effective user lacks; `may_not` is empty when it lacks none.
struct Lack {
  std::string may_not;  // read, write, enter
  std::string path;     // the file, or the first folder on the way that stops the user
};

// `mode`: R_OK, W_OK or X_OK as of access(2).  A file that is missing lacks no right.
Lack lack_of(const std::string& path, int mode);

// Runs `look` in a child process that has become this user, groups included, and gives what it
// returned.  Needs root.  Throws std::system_error when the child cannot become that user.
std::string as_user(uid_t user, const std::function<std::string()>& look);

}  // namespace vodeventd
