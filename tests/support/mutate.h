// Breaks texts at random.
#pragma once

#include <cstddef>
#include <random>
#include <string>

namespace support {

std::size_t below(std::mt19937_64& random, std::size_t limit);

// One to three times puts rubbish into the text, in place of a few bytes, or takes some away,
// between these two places; `last` is beyond `first`.
void mutate(std::mt19937_64& random, std::string& text, std::size_t first, std::size_t last);

}  // namespace support
