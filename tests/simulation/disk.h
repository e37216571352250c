// The disk: a file system in memory for SQLite, with what a real one does when the power fails.
//
// What was written is not yet durable: each write waits, apart from the others, until its file is
// synced.  At a power cut each waiting write is kept, lost or torn by itself, in whatever order; at
// a kill (the process dies, the machine lives) all that was written stays.
//
//   write --sync--> durable
//     `----power cut----> kept | lost | torn at a sector
//     `--failed sync----> still read back, but never made durable by a later sync
//
// It registers itself as SQLite's default VFS under its own name while it lives; one at a time.
// Everything random comes from the seed; time comes from the clock and passes only through
// `on_sync`.  One connection at a time, or several on different files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace simulation {

class Disk {
 public:
  enum class Crash { power_cut, kill };

  // Chances for each call, 0 to 1; and the room there is.
  struct Faults {
    double full = 0;        // a write that makes a file longer fails with SQLITE_FULL
    double read_error = 0;  // SQLITE_IOERR_READ
    double write_error = 0;
    double sync_error = 0;     // SQLITE_IOERR_FSYNC, and the waiting writes may never land
    bool no_room = false;      // every write that makes a file longer fails, until it is cleared
    bool read_only = false;    // every write fails
    bool lying_sync = false;   // sync says yes and does nothing (for the checker's own test)
  };

  // `now_ms`: milliseconds since 1970 for SQLite's date functions.  `on_sync` is called in each
  // sync, so that it may take time; may be empty.
  Disk(std::uint64_t seed, std::function<std::int64_t()> now_ms, std::function<void()> on_sync);
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;
  ~Disk();

  void set_faults(const Faults& faults);

  // The `calls`-th call from now that changes the disk (write, truncate, sync, delete) is the last
  // one: it takes effect in part or not at all, everything after it fails and changes nothing.
  // 0: never.
  void crash_in(std::uint64_t calls, Crash crash);

  // Whether that has happened.
  [[nodiscard]] bool dead() const;

  // Crashes now, unless it has happened already, and decides what has survived.  All connections
  // must be closed before the disk is used again.
  void crash_now(Crash crash);
  void restart();

  // The files as they would be found if the power were cut now and nothing that waits survived,
  // under another name: `from`, `from`-wal become `to`, `to`-wal.  Replaces what is there.
  void copy_durable(const std::string& from, const std::string& to);

  void remove(const std::string& path);  // with its -wal, -shm and -journal

  // Calls that changed the disk so far; syncs among them.
  [[nodiscard]] std::uint64_t calls() const;
  [[nodiscard]] std::uint64_t syncs() const;
  [[nodiscard]] std::size_t bytes() const;  // in all files

  // All files as they are, to start from later: opening a database is much cheaper than making one.
  struct Image;
  [[nodiscard]] std::shared_ptr<const Image> image() const;
  void load(const Image& image);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace simulation
