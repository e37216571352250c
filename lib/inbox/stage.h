// Stage: what takes long while a database is opened, for who waits for it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>

namespace inbox {

struct Stage {
  std::string what;                 // "bringing the database to version 3"
  std::chrono::seconds silent_max;  // how long nothing more may be heard of it
};

// Told at the beginning of a stage and about once a second from then on.  Gives whether to go on.
// Must not throw: it is called through SQLite.
using Tell = std::function<bool(const Stage&)>;

// Tells that it begins and will write so many bytes.  Throws std::system_error, SQLITE_INTERRUPT,
// when it is not to go on.
Stage begin_stage(const Tell& tell, std::string what, std::int64_t bytes);

// Opening was ended by Tell.  The database is sound; the next start goes on.
struct Interrupted : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace inbox
