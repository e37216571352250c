// The disk: a file system in memory for SQLite, with what a real one does when the power fails.
//
// What was written is not yet durable: each write waits, apart from the others, until its file is
// synced.  At a power cut each waiting write is kept, lost or torn by itself, in whatever order. At
// a kill (the process dies, the machine lives) nothing is lost, nor made durable: what waited goes
// on waiting, and the next process reads it.
//
//   write --sync--> durable
//     `----power cut----> kept | lost | torn at a sector
//     `--failed sync----> durable | ghost: read back, even after a kill, but no later sync makes it
//                         durable, and a power cut takes it away
//
// The name of a new file waits in the same way until the file is synced for the first time, the
// removal of a name until the folder is synced.  All files are in one folder.
//
// While it lives it is SQLite's default VFS, under the name "simulation"; one at a time, and not
// for several threads.  Everything random comes from the seed, also SQLite's own randomness, which
// it seeds anew; time comes from the clock and passes only through `on_sync`, never by waiting for
// a lock.  Connections on the same file keep each other out as they do on a real disk.
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

  // Chances for each call, 0 to 1; and lasting conditions.  With SQLite's result codes, as its unix
  // VFS gives them; memory for the WAL index is always there.
  struct Faults {
    double full = 0;         // a write that makes a file longer: SQLITE_FULL; a part of it may land
    double read_error = 0;   // SQLITE_IOERR_READ
    double media_error = 0;  // a read that gives EIO: SQLITE_IOERR_CORRUPTFS, which SQLite passes
                             // on as SQLITE_CORRUPT
    double write_error = 0;  // SQLITE_IOERR_WRITE, of which a part may land; _TRUNCATE
    double sync_error = 0;   // SQLITE_IOERR_FSYNC, and the waiting writes may never land
    bool no_room = false;    // every write that makes a file longer fails, until it is cleared
    bool read_only = false;  // every write, truncate and delete fails, files open for reading only;
                             // what waits can still be synced
    bool lying_sync = false;  // sync says yes and does nothing (for the checker's own test)
  };

  // `now_ms`: milliseconds since 1970 for SQLite's date functions.  `on_sync` is called in each
  // sync, so that it may take time; may be empty.
  Disk(std::uint64_t seed, std::function<std::int64_t()> now_ms, std::function<void()> on_sync);
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;
  ~Disk();

  void set_faults(const Faults& faults);

  // The `calls`-th call from now that changes the disk (write, truncate, sync, delete) is the last
  // one: it takes effect in part or not at all, it and everything after it fails and changes
  // nothing more.  0: never.
  void crash_in(std::uint64_t calls, Crash crash);

  // Whether that has happened.
  [[nodiscard]] bool dead() const;

  // Crashes now, unless it has happened already.
  void crash_now(Crash crash);

  // After a crash: decides what has survived, and works again.  Connections from before it go on
  // failing, so it does not matter when they are closed.
  void restart();

  // The files as they would be found if the power were cut now and nothing that waits survived,
  // under another name: `from`, `from`-wal become `to`, `to`-wal.  Replaces what is there.
  void copy_durable(const std::string& from, const std::string& to);

  void remove(const std::string& path);  // with its -wal and -journal

  // Calls that changed the disk so far; syncs among them.
  [[nodiscard]] std::uint64_t calls() const;
  [[nodiscard]] std::uint64_t syncs() const;
  [[nodiscard]] std::size_t bytes() const;         // in all files
  [[nodiscard]] std::size_t memory_bytes() const;  // that it takes, with what waits

  // All files as they are, to start from later with nothing that waits: opening a database is much
  // cheaper than making one.  Both share what is not changed afterwards.  Loading ends every crash;
  // connections from before it go on failing.
  struct Image;
  [[nodiscard]] std::shared_ptr<const Image> image() const;
  void load(const Image& image);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace simulation
