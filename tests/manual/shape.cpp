#include "manual/shape.h"

#include <algorithm>
#include <cctype>
#include <sstream>

namespace shape {
namespace {

bool digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }
bool letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }

// 16, 10,000, 2023-12-25; not the 8 of utf8.
void read_numbers(const std::string& text, std::set<std::string>& numbers) {
  for (std::size_t at = 0; at < text.size();) {
    if (!digit(text[at]) || (at > 0 && letter(text[at - 1]))) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() &&
           (digit(text[end]) || ((text[end] == ',' || text[end] == '-' || text[end] == '.') &&
                                 end + 1 < text.size() && digit(text[end + 1]))))
      ++end;
    numbers.insert(text.substr(at, end - at));
    at = end;
  }
}

// Takes `code` out of a paragraph: a span may go over the end of a line.
std::string without_spans(const std::string& text, std::set<std::string>& spans) {
  std::string rest;
  std::size_t end = 0;
  for (std::size_t at; (at = text.find('`', end)) != text.npos;) {
    const std::size_t close = text.find('`', at + 1);
    if (close == text.npos) break;
    spans.insert(text.substr(at + 1, close - at - 1));
    rest += text.substr(end, at - end) + ' ';
    end = close + 1;
  }
  return rest + text.substr(end);
}

void read_links(const std::string& text, std::set<std::string>& links) {
  for (std::size_t at = 0; (at = text.find("](", at)) != text.npos; ++at) {
    const std::string target = text.substr(at + 2, text.find(')', at) - at - 2);
    if (!target.starts_with("README")) links.insert(target);
  }
}

class Reader {
 public:
  Shape read(const std::string& markdown) {
    std::istringstream lines(markdown);
    for (std::string line; std::getline(lines, line);) read_line(line);
    end_paragraph();
    return std::move(shape_);
  }

 private:
  void read_line(const std::string& line) {
    const bool fence = line.starts_with("```");
    if (in_block_ || fence) {
      end_paragraph();
      if (!in_block_) shape_.blocks.emplace_back();
      shape_.blocks.back() += line + '\n';
      if (fence) in_block_ = !in_block_;
    } else {
      read_text(line);
    }
    in_table_ = !in_block_ && line.starts_with('|');
  }

  void read_text(const std::string& line) {
    if (line.starts_with('#'))
      shape_.headings.push_back(static_cast<int>(line.find_first_not_of('#')));
    if (line.starts_with('|'))
      shape_.table_rows.push_back(in_table_ ? line.substr(0, line.find('|', 1)) : "head");
    if (line.empty()) end_paragraph();
    paragraph_ += (paragraph_.empty() ? "" : " ") + line;
  }

  void end_paragraph() {
    const std::string text = without_spans(paragraph_, shape_.spans);
    read_links(text, shape_.links);
    read_numbers(text, shape_.numbers);
    paragraph_.clear();
  }

  Shape shape_;
  std::string paragraph_;
  bool in_block_ = false, in_table_ = false;
};

std::string shown(int number) { return std::to_string(number); }
std::string shown(const std::string& text) { return text; }

template <class T>
void compare(const char* what, const std::vector<T>& first, const std::vector<T>& second,
             std::vector<std::string>& out) {
  if (first.size() != second.size())
    out.push_back(std::string(what) + ": " + shown(static_cast<int>(first.size())) + " against " +
                  shown(static_cast<int>(second.size())));
  const auto [a, b] = std::mismatch(first.begin(), first.end(), second.begin(), second.end());
  if (a != first.end() && b != second.end())
    out.push_back(std::string(what) + ": " + shown(*a) + " against " + shown(*b));
}

void missing(const char* what, const std::set<std::string>& from, const std::set<std::string>& in,
             std::vector<std::string>& out) {
  for (const std::string& each : from)
    if (!in.contains(each)) out.push_back(std::string(what) + ": " + each);
}

}  // namespace

Shape shape_of(const std::string& markdown) { return Reader().read(markdown); }

std::vector<std::string> differences(const Shape& first, const Shape& second) {
  std::vector<std::string> out;
  compare("headings", first.headings, second.headings, out);
  compare("code blocks", first.blocks, second.blocks, out);
  compare("table rows", first.table_rows, second.table_rows, out);
  missing("code that the second lacks", first.spans, second.spans, out);
  missing("code that the first lacks", second.spans, first.spans, out);
  missing("links that the second lacks", first.links, second.links, out);
  missing("links that the first lacks", second.links, first.links, out);
  missing("numbers that the second lacks", first.numbers, second.numbers, out);
  return out;
}

}  // namespace shape
