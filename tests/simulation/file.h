// File: what is durable of one file, what a reader sees of it, and the changes between the two that
// wait for a sync.
//
//   durable + waiting changes + ghosts = visible
//
// A ghost is a change that a failed sync has dropped: still read back from the page cache, but
// clean there, so that no later sync writes it.  Only the power cut shows what is missing.
#pragma once

#include "simulation/bytes.h"
#include "simulation/random.h"

#include <cstddef>
#include <span>
#include <vector>

namespace simulation {

class File {
 public:
  static constexpr std::size_t sector_bytes = 512;  // lands as a whole or not at all

  File() = default;
  explicit File(const Bytes& durable) : durable_(durable), visible_(durable) {}

  [[nodiscard]] const Bytes& durable() const { return durable_; }
  [[nodiscard]] const Bytes& visible() const { return visible_; }

  // What this takes in memory, at most: what waits is kept beside what is read.
  [[nodiscard]] std::size_t memory_bytes() const {
    return durable_.size() + visible_.size() + data_.capacity() +
           waiting_.capacity() * sizeof(Change);
  }

  void write(std::size_t offset, std::span<const std::byte> data);
  void truncate(std::size_t size);

  // All that waits becomes durable.
  void sync();

  // Of what waits, some becomes durable and the rest ghosts.
  void fail_sync(Random& random);

  // Of what waits, each change is kept, lost, or torn at a sector; ghosts are gone.
  void cut_power(Random& random);

 private:
  struct Change {
    bool truncates;
    std::size_t offset;  // or the new size
    std::size_t start;   // of its bytes in data_
    std::size_t length;
  };

  void apply(const Change& change);
  void tear(const Change& change, Random& random);
  void forget();

  Bytes durable_, visible_;
  std::vector<Change> waiting_;
  std::vector<std::byte> data_;  // what the waiting changes write
};

}  // namespace simulation
