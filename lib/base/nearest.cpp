#include "base/nearest.h"

#include "base/text.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace base {
namespace {

bool same(char one, char other) { return to_lower(one) == to_lower(other); }

// How many letters have to be put in, left out or replaced (Levenshtein).  `row[i]` is that number
// for what of `one` has been looked at and the first i letters of `other`.
std::size_t difference(std::string_view one, std::string_view other) {
  std::vector<std::size_t> row(other.size() + 1);
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = i;
  for (const char letter : one) {
    std::size_t before = row[0]++;
    for (std::size_t i = 1; i < row.size(); ++i) {
      const std::size_t replaced = before + (same(letter, other[i - 1]) ? 0 : 1);
      before = row[i];
      row[i] = std::min({replaced, row[i] + 1, row[i - 1] + 1});
    }
  }
  return row.back();
}

std::string_view only_longer(std::string_view name, std::span<const std::string> candidates) {
  std::string_view found;
  for (const std::string_view candidate : candidates) {
    const std::string_view begin = candidate.substr(0, name.size());
    if (!std::ranges::equal(name, begin, same) || candidate == found) continue;
    if (!found.empty()) return {};
    found = candidate;
  }
  return found;
}

}  // namespace

std::string_view nearest(std::string_view name, std::span<const std::string> candidates) {
  if (const std::string_view longer = only_longer(name, candidates); !longer.empty()) return longer;
  std::string_view found;
  std::size_t least = name.size() / 3 + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t letters = difference(name, candidate);
    if (letters >= least) continue;
    least = letters;
    found = candidate;
  }
  return found;
}

}  // namespace base
