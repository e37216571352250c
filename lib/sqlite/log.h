// The write-ahead log as a file (https://sqlite.org/fileformat.html#the_write_ahead_log):
//
//   32 bytes: magic, version, page size, checkpoints, salts, checksum
//   frames:   24 bytes: page, size of the database, salts, checksum; then the page
//
// A log that has been taken in is begun anew at its start with other salts, so that what stands
// behind the last frame with the header's salts is left over from before, and never read.
#pragma once

#include <sqlite3.h>

namespace sqlite {

// Writes the header and all frames of its salts once more, in place, and syncs the file.  Within a
// write transaction of the connection that has the log open.  Throws std::system_error.
void write_again(sqlite3_file& log);

}  // namespace sqlite
