// What a splitter gives for a text, as plain values.
#pragma once

#include "import/splitter.h"

#include <algorithm>
#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace pieces {

struct Piece {
  std::uint64_t byte, line;
  std::string text;
  import::Fault fault;
  bool operator==(const Piece&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const Piece& piece) {
  return out << "byte " << piece.byte << " line " << piece.line << " fault "
             << static_cast<int>(piece.fault) << ": " << piece.text;
}

inline void take(import::Splitter& splitter, std::vector<Piece>& all) {
  while (const auto piece = splitter.next())
    all.push_back({piece->byte, piece->line, std::string(piece->text), piece->fault});
}

// `chunks`: how long they are, over and over.
inline std::vector<Piece> in_chunks(std::string_view text, const std::vector<std::size_t>& chunks,
                                    const import::Splitter::Limits& limits = {}) {
  import::Splitter splitter(limits);
  std::vector<Piece> all;
  for (std::size_t i = 0; !text.empty(); ++i) {
    const std::size_t size = std::min(text.size(), chunks[i % chunks.size()]);
    splitter.feed(text.substr(0, size));
    take(splitter, all);
    text.remove_prefix(size);
  }
  splitter.end();
  take(splitter, all);
  return all;
}

inline std::vector<Piece> of(std::string_view text, const import::Splitter::Limits& limits = {}) {
  return in_chunks(text, {std::max<std::size_t>(text.size(), 1)}, limits);
}

// Of what is sound.
inline std::vector<std::string> values(const std::vector<Piece>& all) {
  std::vector<std::string> texts;
  for (const Piece& piece : all)
    if (piece.fault == import::Fault::none) texts.push_back(piece.text);
  return texts;
}

}  // namespace pieces
