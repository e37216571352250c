// What holds of any text: made at random, laid out at random, broken at any place.
#include "import/pieces.h"

#include <catch2/catch.hpp>
#include <random>

namespace {

using import::Fault;
using pieces::Piece;
using Random = std::mt19937;

std::size_t below(Random& random, std::size_t bound) {
  return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
}

const char* pick(Random& random, std::initializer_list<const char*> from) {
  return *(from.begin() + below(random, from.size()));
}

// White space, of any kind where anything may stand.
struct Layout {
  Random& random;
  bool blanks;
  std::string space() {
    return blanks ? pick(random, {"", "", " ", "\n", "\r\n", "\n  ", "\t", "\n\n    "}) : "";
  }
};

std::string value(Layout& layout, int depth);

std::string members(Layout& layout, int depth, bool named) {
  std::string text;
  for (std::size_t i = below(layout.random, 4); i > 0; --i) {
    if (!text.empty()) text += ',' + layout.space();
    if (named)
      text += std::string(pick(layout.random, {R"("a")", R"("{[")", R"("\"")"})) + layout.space() +
              ':' + layout.space();
    text += value(layout, depth - 1) + layout.space();
  }
  return layout.space() + text;
}

std::string object(Layout& layout, int depth) { return '{' + members(layout, depth, true) + '}'; }

std::string value(Layout& layout, int depth) {
  const std::size_t kind = depth > 0 ? below(layout.random, 4) : 3;
  if (kind == 0) return '[' + members(layout, depth, false) + ']';
  if (kind < 3) return object(layout, depth);
  return pick(layout.random, {"1", "-2.5e3", "null", R"("")", R"("}\\")", R"("],{\"")", "true"});
}

// Values with what may stand between them, lists around some.
std::string sequence(Random& random, std::vector<std::string>& values) {
  std::string text;
  const std::size_t style = below(random, 3);
  for (std::size_t i = below(random, 6); i > 0; --i) {
    Layout layout{random, below(random, 2) == 0};
    values.push_back(object(layout, 4));
    text += (style == 0 ? values.back() : '[' + values.back() + ']') +
            pick(random, {"", "\n", " ", "\r\n", ",\n"});
  }
  return style == 2 ? '[' + text + ']' : text;
}

void mutate(Random& random, std::string& text) {
  static constexpr std::string_view letters = "{}[]\",:\n \\a1\xEF\xBB\xBF";
  if (text.empty()) return;
  const std::size_t at = below(random, text.size());
  const std::size_t what = below(random, 3);
  if (what == 0) text.erase(at, 1 + below(random, 3));
  if (what == 1) text.insert(at, 1, letters[below(random, letters.size())]);
  if (what == 2) text[at] = letters[below(random, letters.size())];
}

}  // namespace

TEST_CASE("valid JSON comes out value by value, whatever its layout") {
  const auto seed = std::random_device()();
  CAPTURE(seed);
  Random random(seed);
  for (int i = 0; i < 5'000; ++i) {
    std::vector<std::string> values;
    const std::string text = sequence(random, values);
    CAPTURE(text);
    const auto all = pieces::of(text);
    REQUIRE(pieces::values(all) == values);
    REQUIRE(all.size() == values.size());
  }
}

TEST_CASE("any text gives the same pieces in any chunks, each byte in one at most") {
  const auto seed = std::random_device()();
  CAPTURE(seed);
  Random random(seed);
  for (int i = 0; i < 5'000; ++i) {
    std::vector<std::string> values;
    std::string text = sequence(random, values);
    for (std::size_t mutations = below(random, 5); mutations > 0; --mutations) mutate(random, text);
    const import::Splitter::Limits limits{.value_bytes_max = 1 + below(random, 200),
                                          .stray_bytes_max = 1 + below(random, 20),
                                          .marks_max = 1 + below(random, 4)};
    CAPTURE(text);
    const auto all = pieces::of(text, limits);
    const std::vector<std::size_t> chunks = {1 + below(random, 9), 1 + below(random, 70)};
    REQUIRE(pieces::in_chunks(text, chunks, limits) == all);
    std::uint64_t end = 0;
    for (const Piece& piece : all) {
      if (piece.text.empty()) continue;
      REQUIRE(piece.byte >= end);
      REQUIRE(text.substr(piece.byte, piece.text.size()) == piece.text);
      end = piece.byte + piece.text.size();
    }
  }
}

TEST_CASE("broken off at any byte, a line costs itself alone") {
  const auto seed = std::random_device()();
  CAPTURE(seed);
  Random random(seed);
  const std::string separator = GENERATE("\n", ",\n", "\r\n");
  for (int i = 0; i < 300; ++i) {
    Layout layout{random, false};
    std::vector<std::string> lines;
    for (int line = 0; line < 4; ++line) lines.push_back(object(layout, 4));
    const std::size_t broken = below(random, lines.size());
    auto expected = lines;
    expected.erase(expected.begin() + static_cast<std::ptrdiff_t>(broken));
    for (std::size_t size = 1; size < lines[broken].size(); ++size) {
      std::string text = "[\n";
      for (std::size_t line = 0; line < lines.size(); ++line)
        text += (line == broken ? lines[line].substr(0, size) : lines[line]) + separator;
      CAPTURE(text);
      REQUIRE(pieces::values(pieces::of(text)) == expected);
      REQUIRE(pieces::values(pieces::of(text.substr(2))) == expected);
    }
  }
}

TEST_CASE("broken off at any byte, a value over many lines costs itself alone") {
  const std::string value =
      "{\n  \"Response\": {\n    \"EventSet\": [\n      {\n        \"Event\\\"\": \"{\",\n"
      "        \"b\": {}\n      },\n      {}\n    ],\n    \"RequestId\": \"x\"\n  }\n}";
  const std::string other = "{\n  \"y\": [\n    {\n      \"z\": []\n    }\n  ]\n}";
  for (std::size_t size = 1; size < value.size(); ++size) {
    const std::string text = value.substr(0, size) + '\n' + other + '\n' + value + '\n';
    CAPTURE(text);
    REQUIRE(pieces::values(pieces::of(text)) == std::vector<std::string>{other, value});
    const std::string list = "[\n" + value.substr(0, size) + ",\n" + other + ",\n" + value + "\n]";
    REQUIRE(pieces::values(pieces::of(list)) == std::vector<std::string>{other, value});
  }
}
