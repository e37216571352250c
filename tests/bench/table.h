// Table: what a measurement prints.  Cells are text; columns are as wide as they need to be, the
// first one aligned to the left and all others to the right.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace bench {

// 12.34 with that many digits behind the point.
std::string fixed(double value, int digits);

// Thousands in groups: 1,000,000.
std::string grouped(std::int64_t number);

class Table {
 public:
  Table(std::string title, std::vector<std::string> head);

  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  // A line below the table: what a reader has to know about the figures.
  void note(std::string line) { notes_.push_back(std::move(line)); }
  void print() const;

 private:
  std::string title_;
  std::vector<std::vector<std::string>> rows_;  // the head is the first
  std::vector<std::string> notes_;
};

// A line on standard error, so that long work is seen to go on.
void progress(const std::string& line);

}  // namespace bench
