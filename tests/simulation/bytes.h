// Bytes: the content of a file.  Copies share its chunks until one of them is written, so that a
// copy costs next to nothing and a change costs what it touches.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace simulation {

class Bytes {
 public:
  [[nodiscard]] std::size_t size() const { return size_; }

  // Gives how many bytes there were.
  [[nodiscard]] std::size_t read(std::size_t offset, std::span<std::byte> out) const;

  // Beyond the end it makes the content longer; a gap reads as zeros.
  void write(std::size_t offset, std::span<const std::byte> data);

  // May make it longer, too.
  void truncate(std::size_t size);

 private:
  static constexpr std::size_t chunk_bytes = 4096;  // a page of SQLite
  using Chunk = std::array<std::byte, chunk_bytes>;

  void resize(std::size_t size);
  Chunk& writable(std::size_t index, bool keep);

  std::vector<std::shared_ptr<Chunk>> chunks_;  // empty pointer: zeros
  std::size_t size_ = 0;
};

}  // namespace simulation
