// The shape of a README: what must be the same in every language.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace shape {

struct Shape {
  std::vector<int> headings;            // their levels
  std::vector<std::string> blocks;      // code blocks, with the fence that opens them
  std::vector<std::string> table_rows;  // first column of each row; "head" for each first row
  std::set<std::string> spans, links;   // `code` in running text, targets of links
  std::set<std::string> numbers;        // in running text
};

// Links between the languages themselves are left out.
Shape shape_of(const std::string& markdown);

// What the second text lacks of the first or says otherwise, a line each; empty when nothing.  A
// number may be in the second alone: one language writes in words what another writes in digits.
std::vector<std::string> differences(const Shape& first, const Shape& second);

}  // namespace shape
