#include "simulation/bytes.h"

#include <algorithm>
#include <cstring>

namespace simulation {

std::size_t Bytes::read(std::size_t offset, std::span<std::byte> out) const {
  if (offset >= size_) return 0;
  const std::size_t length = std::min(out.size(), size_ - offset);
  for (std::size_t done = 0; done < length;) {
    const std::size_t start = (offset + done) % chunk_bytes;
    const std::size_t part = std::min(length - done, chunk_bytes - start);
    const auto& chunk = chunks_[(offset + done) / chunk_bytes];
    if (chunk)
      std::memcpy(&out[done], &(*chunk)[start], part);
    else
      std::memset(&out[done], 0, part);
    done += part;
  }
  return length;
}

void Bytes::write(std::size_t offset, std::span<const std::byte> data) {
  if (data.empty()) return;
  resize(std::max(size_, offset + data.size()));
  for (std::size_t done = 0; done < data.size();) {
    const std::size_t start = (offset + done) % chunk_bytes;
    const std::size_t part = std::min(data.size() - done, chunk_bytes - start);
    Chunk& chunk = writable((offset + done) / chunk_bytes, part < chunk_bytes);
    std::memcpy(&chunk[start], &data[done], part);
    done += part;
  }
}

void Bytes::truncate(std::size_t size) {
  // What is cut off must not come back when the content grows again.
  const std::size_t start = size % chunk_bytes;
  if (size < size_ && start != 0 && chunks_[size / chunk_bytes])
    std::memset(&writable(size / chunk_bytes, true)[start], 0, chunk_bytes - start);
  resize(size);
}

void Bytes::resize(std::size_t size) {
  size_ = size;
  chunks_.resize((size + chunk_bytes - 1) / chunk_bytes);
}

// A chunk of our own.  `keep`: with its bytes, else it is about to be overwritten as a whole.
Bytes::Chunk& Bytes::writable(std::size_t index, bool keep) {
  std::shared_ptr<Chunk>& chunk = chunks_[index];
  if (chunk.use_count() == 1) return *chunk;
  std::shared_ptr<Chunk> own = std::make_shared_for_overwrite<Chunk>();
  if (keep && chunk)
    *own = *chunk;
  else if (keep)
    own->fill(std::byte{0});
  chunk = std::move(own);
  return *chunk;
}

}  // namespace simulation
