// The splitter, fed a text whole and in chunks, with room for short values only as well.
#include "fuzz/laws.h"
#include "fuzz/targets.h"
#include "import/splitter.h"
#include "import/whole_part.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace fuzz {
namespace {

struct Taken {
  std::uint64_t byte, line;
  std::string text;
  import::Fault fault;
  bool operator==(const Taken&) const = default;
};

// Lines are counted on from piece to piece; only what is said of a list goes back.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}

  std::uint64_t at(std::uint64_t byte) {
    if (byte < byte_) *this = Lines(text_);
    const auto passed = std::ranges::count(text_.substr(byte_, byte - byte_), '\n');
    byte_ = byte;
    return line_ += static_cast<std::uint64_t>(passed);
  }

 private:
  std::string_view text_;
  std::uint64_t byte_ = 0, line_ = 1;
};

void take(import::Splitter& splitter, std::string_view whole, Lines& lines,
          std::vector<Taken>& all) {
  while (const auto piece = splitter.next()) {
    require(piece->byte + piece->text.size() <= whole.size(), "a piece lies in the text");
    require(whole.substr(piece->byte, piece->text.size()) == piece->text, "a piece is its text");
    require(piece->line == lines.at(piece->byte), "a piece is on its line");
    all.push_back({piece->byte, piece->line, std::string(piece->text), piece->fault});
    require(all.size() <= whole.size() + 1, "there are no more pieces than bytes");
  }
}

std::vector<Taken> split(std::string_view whole, std::size_t chunk_bytes,
                         const import::Splitter::Limits& limits) {
  import::Splitter splitter(limits);
  Lines lines(whole);
  std::vector<Taken> all;
  for (std::size_t at = 0; at < whole.size(); at += chunk_bytes) {
    splitter.feed(whole.substr(at, chunk_bytes));
    take(splitter, whole, lines, all);
  }
  splitter.end();
  take(splitter, whole, lines, all);
  return all;
}

void check(std::string_view text, std::size_t chunk_bytes, const import::Splitter::Limits& limits) {
  const std::vector<Taken> all = split(text, std::max<std::size_t>(text.size(), 1), limits);
  require(split(text, chunk_bytes, limits) == all, "chunks make no difference");
  std::uint64_t end = 0;
  for (const Taken& piece : all) {
    if (piece.text.empty()) continue;
    require(piece.byte >= end, "no byte comes twice");
    end = piece.byte + piece.text.size();
    require(piece.fault != import::Fault::none || piece.text.size() <= limits.value_bytes_max,
            "no value is too long");
  }
}

void check_whole_part(std::string_view text) {
  const auto part = import::whole_part(text);
  if (!part) return;
  require(part->bytes <= text.size(), "what is whole is part of the text");
  require(part->text.substr(0, part->bytes) == text.substr(0, part->bytes), "it is as it came");
  if (!text.starts_with('{')) return;
  const std::vector<Taken> all = split(part->text, part->text.size(), {});
  require(all.size() == 1 && all[0].fault == import::Fault::none, "what is whole is one value");
}

}  // namespace

void split(std::string_view input) {
  check_whole_part(input);
  const std::size_t first = input.empty() ? 0 : static_cast<unsigned char>(input.back());
  check(input, 1 + first % 32, {});
  check(input, 1 + first % 7,
        {.value_bytes_max = 1 + first,
         .stray_bytes_max = 1 + first % 16,
         .marks_max = 1 + first % 4});
}

}  // namespace fuzz
