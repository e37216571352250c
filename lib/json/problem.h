// Problems: what was found odd while a JSON text was read, bounded.  A problem is a remark and
// never a reason to lose an event; one reads
//   EventSet[3].ClipCompleteEvent.FileInfo.ErrCode: expected integer, got string "x"
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace json {

class Problems {
 public:
  // How many are kept; the rest is only counted.
  static constexpr std::size_t kept_max = 20;

  void add(std::string text) {
    if (++count_ <= kept_max) kept_.push_back(std::move(text));
  }
  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  [[nodiscard]] const std::vector<std::string>& kept() const noexcept { return kept_; }

 private:
  std::vector<std::string> kept_;
  std::size_t count_ = 0;
};

}  // namespace json
