#include "support/readme.h"

#include <fstream>
#include <stdexcept>
#include <string_view>

namespace support {

std::vector<std::string> documented_queries(const std::string& readme) {
  constexpr std::string_view before = "/var/lib/vodeventd/events.db \"";
  std::ifstream file(readme);
  std::vector<std::string> queries;
  for (std::string line; std::getline(file, line);) {
    const std::size_t at = line.find(before);
    if (!line.starts_with("sqlite3 -readonly") || at == line.npos) continue;
    const std::size_t begin = at + before.size();
    queries.push_back(line.substr(begin, line.rfind('"') - begin));
  }
  if (queries.empty()) throw std::runtime_error(readme + " has no queries");
  return queries;
}

}  // namespace support
