// Opens the inbox's database: checks that it is ours and not from the future, sets what its
// promises rest on, and brings it to the version of this program.
#pragma once

#include "inbox/stage.h"
#include "sqlite/database.h"

#include <string>

namespace inbox {

// Throws Refused for a file that must not be touched, Interrupted when `tell` says so, else
// std::system_error.  `tell` may be empty.
sqlite::Database open(const std::string& path, const Tell& tell = {});

// Whether this error says that the file is damaged, or no database at all.
bool damaged(const std::error_code& code) noexcept;

// Throws Refused: what is wrong with the file, and what to do.
[[noreturn]] void refuse_damaged(const std::string& path, const std::system_error& error);

// Opens an existing database of this program's version for reading, beside a running daemon as
// well. Throws as open() does, and Refused for another version.
sqlite::Database open_read_only(const std::string& path);

// Looks at an existing database without touching it and says what it holds, in a line.  Throws as
// open() does.
std::string describe(const std::string& path);

}  // namespace inbox
