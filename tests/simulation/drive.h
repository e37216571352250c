// Drive: the files, what goes wrong with them, and the crash.  What SQLite's unix VFS would answer
// to each call on such a disk; vfs.h hands it to SQLite.
//
// After the crash every call fails and changes nothing.  After restart() those who had files open
// before go on failing: they belong to a process that is no more.
#pragma once

#include "simulation/disk.h"
#include "simulation/folder.h"
#include "simulation/random.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace simulation {

class Drive {
 public:
  Drive(std::uint64_t seed, std::function<void()> on_sync);

  // ---- what SQLite asks for; gives its result codes --------------------------------------------
  // `name` may be null: a temporary file.  `flags` becomes what was granted.
  int open(const char* name, int& flags, NodePtr& node);
  int read(const Node& node, std::size_t offset, std::span<std::byte> out);
  int write(Node& node, std::size_t offset, std::span<const std::byte> data);
  int truncate(Node& node, std::size_t size);
  int sync(Node& node, bool folder_too);
  int remove(const std::string& name, bool sync_folder);
  int exists(const std::string& name, bool& result);  // an empty file does not, as with unix
  // Whether the process that opened it has died.
  [[nodiscard]] bool gone(const Node& node) const { return dead_ || node.life != life_; }

  // ---- what the owner of the disk does ---------------------------------------------------------
  void set_faults(const Disk::Faults& faults) { faults_ = faults; }
  void crash_in(std::uint64_t calls, Disk::Crash crash);
  void die(Disk::Crash crash);
  void restart();
  [[nodiscard]] bool dead() const { return dead_; }
  [[nodiscard]] std::uint64_t calls() const { return calls_; }
  [[nodiscard]] std::uint64_t syncs() const { return syncs_; }

  // The files without going through a call, for good: nothing of `bytes` waits.
  [[nodiscard]] const Folder& folder() const { return folder_; }
  void put(const std::string& name, const Bytes& bytes);
  void erase(const std::string& name) { folder_.erase(name); }
  void clear();

 private:
  [[nodiscard]] NodePtr new_node(File file) const;
  bool is_last_call();
  void write_part(Node& node, std::size_t offset, std::span<const std::byte> data);
  int write_last(Node& node, std::size_t offset, std::span<const std::byte> data);
  bool has_no_room(const Node& node, std::size_t end);

  Random random_;
  std::function<void()> on_sync_;
  Disk::Faults faults_;
  Folder folder_;
  std::uint64_t calls_ = 0;
  std::uint64_t syncs_ = 0;
  std::uint64_t calls_left_ = 0;  // until the crash; 0: none is coming
  Disk::Crash crash_ = Disk::Crash::power_cut;
  std::uint64_t life_ = 0;  // counts the processes
  bool dead_ = false;
};

}  // namespace simulation
