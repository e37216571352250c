// Input: the bytes of a file, of standard input, or of what is gzip in either, told by its first
// bytes.  Reads once from front to end, so pipes do.
//
// Nothing is thrown for a file that can't be opened or read, or whose gzip is damaged: what could
// be read is given, and trouble() says what is missing.
#pragma once

#include "import/gunzip.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace import {

class Input {
 public:
  // "-" is standard input.
  explicit Input(const std::string& path);
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  ~Input();

  // Waits until read() has something to do, or until the descriptor `other` can be read: false
  // then.
  [[nodiscard]] bool await(int other) const;

  // The next chunk, up to 256 KiB, which lives until the next call; none at the end.  An empty one
  // says that more has to be read first.  Does not wait longer than for one read.
  std::optional<std::string_view> read();

  [[nodiscard]] const std::string& trouble() const { return trouble_; }
  [[nodiscard]] bool packed() const { return gunzip_.has_value(); }

  // As they stand in the file; nothing where the size is not known.
  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }
  [[nodiscard]] std::optional<std::uint64_t> bytes() const { return bytes_; }

 private:
  std::optional<std::string_view> read_raw();
  std::optional<std::string_view> begin(std::string_view first, bool ended);
  std::optional<std::string_view> unpack();
  void fail(const std::string& what);

  int descriptor_ = -1;
  std::unique_ptr<char[]> chunk_;
  std::size_t kept_ = 0;  // bytes at the front of the chunk that were too few to tell what it is
  bool begun_ = false;
  bool hungry_ = true;  // nothing more comes without another read
  bool ended_ = false;
  std::uint64_t bytes_read_ = 0;
  std::optional<std::uint64_t> bytes_;
  std::optional<Gunzip> gunzip_;
  std::string trouble_;
};

}  // namespace import
