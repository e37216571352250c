#include "bench/table.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>

namespace bench {

std::string fixed(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::string grouped(std::int64_t number) {
  std::string text = std::to_string(number);
  for (auto at = static_cast<std::int64_t>(text.size()) - 3; at > 0; at -= 3)
    text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

Table::Table(std::string title, std::vector<std::string> head)
    : title_(std::move(title)), rows_{std::move(head)} {}

void Table::print() const {
  std::vector<std::size_t> widths;
  for (const auto& cells : rows_) {
    widths.resize(std::max(widths.size(), cells.size()));
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], cells[i].size());
  }
  std::printf("\n%s\n\n", title_.c_str());
  for (const auto& cells : rows_) {
    std::string line = "  ";
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string space(widths[i] - cells[i].size(), ' ');
      if (i > 0) line += "  ";
      line += i == 0 ? cells[i] + space : space + cells[i];
    }
    std::printf("%s\n", line.substr(0, line.find_last_not_of(' ') + 1).c_str());
  }
  std::printf("%s", notes_.empty() ? "" : "\n");
  for (const std::string& line : notes_) std::printf("  %s\n", line.c_str());
  std::fflush(stdout);
}

void progress(const std::string& line) { std::fprintf(stderr, "    %s\n", line.c_str()); }

}  // namespace bench
