// CSV by RFC 4180 to the letter: what departs from it fails the test that reads it.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace e2e {

struct Field {
  std::string text;
  bool quoted = false;
  bool operator==(const Field&) const = default;
};
using Record = std::vector<Field>;

class CsvReader {
 public:
  explicit CsvReader(const std::string& text) : rest_(text) {}

  std::vector<Record> records() {
    std::vector<Record> all;
    while (!rest_.empty()) {
      all.emplace_back();
      do all.back().push_back(field());
      while (take(","));
      REQUIRE(take("\r\n"));
      REQUIRE(all.back().size() == all.front().size());
    }
    return all;
  }

 private:
  bool take(std::string_view wanted) {
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(wanted.size());
    return true;
  }

  Field field() {
    Field found;
    found.quoted = take("\"");
    if (!found.quoted) {
      const std::size_t size = std::min(rest_.find_first_of(",\"\r\n"), rest_.size());
      found.text = rest_.substr(0, size);
      rest_.remove_prefix(size);
      return found;
    }
    do {
      const std::size_t quote = rest_.find('"');
      REQUIRE(quote != rest_.npos);
      found.text += rest_.substr(0, quote);
      rest_.remove_prefix(quote + 1);
      if (rest_.starts_with('"')) found.text += '"';
    } while (take("\""));
    return found;
  }

  std::string_view rest_;
};

}  // namespace e2e
