// The names of SQLite's result codes, by which people look them up.
#pragma once

#include <string>

namespace sqlite {

// SQLITE_FULL, SQLITE_IOERR_WRITE; of a code that is not listed the primary one's name with the
// number behind it.
std::string name_of(int extended_code);

}  // namespace sqlite
