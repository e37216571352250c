// What is around the database: the file system it is on, and who else has it open.
#pragma once

#include <string>
#include <string_view>

namespace inbox {

// The name of a file system by statfs's f_type when a database in WAL mode must not be on it:
// one that other machines share, where the memory that connections share is not shared and locks
// may not hold.  Empty: fit.
std::string_view unfit_file_system(long type);

// The same for the file system that holds this path, or will hold it.
std::string_view unfit_file_system_at(const std::string& path);

// Who keeps others from writing, or keeps the write-ahead log from being taken in, by SQLite's
// locks on the -shm file: "pid 4711 (sqlite3)"; empty when nobody is to be seen (a process in
// another container is not).  This process itself is left out.
std::string writer_of(const std::string& database);
std::string readers_of(const std::string& database);

}  // namespace inbox
