#include "support/mutate.h"

#include <algorithm>
#include <string>
#include <vector>

namespace support {
namespace {

using Random = std::mt19937_64;
using namespace std::string_literals;

// What is put into an event, or in place of a few bytes of it.
std::string rubbish(Random& random) {
  static const std::vector<std::string> pieces = {"NaN",
                                                  "-Infinity",
                                                  "1e999",
                                                  "-",
                                                  "01",
                                                  "\xff",
                                                  "\xc0\x80",
                                                  "\xed\xa0\x80",
                                                  "\0"s,
                                                  "\\u12",
                                                  "\\ud800",
                                                  "\\udc00",
                                                  "\\x",
                                                  "\\",
                                                  "\"",
                                                  ",",
                                                  ":",
                                                  "{",
                                                  "}",
                                                  "[",
                                                  "]",
                                                  "{}",
                                                  "[[[]]]",
                                                  "nul",
                                                  "true",
                                                  "\"EventHandle\":\"x\"",
                                                  ",\"EventHandle\":",
                                                  "9999999999999999999999",
                                                  "\n",
                                                  "/**/",
                                                  std::string(200, '[') + std::string(200, ']'),
                                                  "\"\":{",
                                                  "\"a\":1,"};
  if (below(random, 3) > 0) return pieces[below(random, pieces.size())];
  return std::string(1, static_cast<char>(random()));
}

}  // namespace

std::size_t below(Random& random, std::size_t limit) { return random() % limit; }

void mutate(Random& random, std::string& text, std::size_t first, std::size_t last) {
  for (std::size_t left = 1 + below(random, 3); left > 0; --left) {
    const std::size_t at = first + below(random, last - first);
    const std::size_t replaced = std::min(below(random, 4), last - at);
    const std::string put = below(random, 4) > 0 ? rubbish(random) : "";
    text.replace(at, replaced, put);
    last += put.size() - replaced;
    if (last <= first) return;
  }
}

}  // namespace support
