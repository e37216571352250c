// Ballast: a file that holds room back.  On a full disk SQLite can neither delete nor checkpoint,
// so the room that recovery needs has to be kept before.
//
//   in place --release()--> released: room for the checkpoint --take()--> in place
//
// Where it can't be taken from the start (a small disk, no fallocate) there is none, and nothing
// depends on it.  No call throws: a ballast is a help, never a reason to fail.
#pragma once

#include <cstddef>
#include <string>

namespace inbox {

class Ballast {
 public:
  // Takes it unless it would be a quarter of what is free, or the path is taken.  0 bytes: none.
  Ballast(std::string path, std::size_t bytes);

  // Gives its room back to the disk.
  void release();

  // Takes it again as soon as half as much again is free: until then its room is for the checkpoint
  // and for who deletes.  True when it is in place, or when there was none to begin with.
  bool take();

  [[nodiscard]] bool released() const { return released_; }

 private:
  [[nodiscard]] int open_own() const;
  [[nodiscard]] bool allocate(std::size_t bytes) const;

  std::string path_;
  std::size_t bytes_;
  bool released_ = false;
};

// What others than root may still write to the file system of this path, in bytes.
std::size_t free_bytes(const std::string& path);

}  // namespace inbox
