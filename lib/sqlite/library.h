// The SQLite library that the program runs with, which need not be the one it was built with.
#pragma once

#include <string_view>

namespace sqlite {

// Before the first use: SQLite need not count the memory it uses, which costs a lock for each
// piece.
void set_up_library() noexcept;

std::string_view library_version();  // "3.40.1"
int library_number();                // 3040001

// Whether SQLite of this version has the "WAL-reset bug": a race by which a checkpoint overlooks
// that the log was begun anew, counts pages as copied that were not, and a later checkpoint leaves
// committed pages out, which damages the database.  It is there from 3.7.0 to 3.51.2; mended in
// 3.51.3, 3.50.7 and 3.44.6 (https://sqlite.org/wal.html#walresetbug; 3.53.0 names it again in
// https://sqlite.org/changes.html).  A distribution may have mended an older number: that the
// number does not tell.
//
// It takes two connections to the file that write or checkpoint at the same instant.  One that is
// open read-only commits nothing, and so neither starts a checkpoint nor completes one.  A daemon
// whose only connection does both, one after the other, with read-only readers beside it, is
// therefore not touched; with a foreign writer beside it, it is.
bool has_wal_reset_bug(int number);

}  // namespace sqlite
