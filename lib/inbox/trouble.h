// Trouble: why the store refused, for the log: in words, by a name that people can look up, and
// with what they can do about it.
#pragma once

#include <string>
#include <string_view>
#include <system_error>

namespace inbox {

struct Trouble {
  std::string error;             // the whole sentence
  std::string code;              // SQLITE_FULL, ESTALE
  std::string errno_text = {};   // the system's, as a number; empty: there is none
  std::string_view advice = {};  // a literal
};

// `sqlite_errno`: what SQLite knows of the system's part in its last error.
Trouble trouble_of(const std::system_error& error, int sqlite_errno = 0);

}  // namespace inbox
