// Secret: text that must not leak.  It is overwritten when it goes, cannot be printed, compared or
// copied by accident, and is read only through reveal(), so that a search for that word finds every
// place where a key is used.
#pragma once

#include <string.h>

#include <string>
#include <string_view>
#include <utility>

namespace base {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { other.wipe(); }
  Secret& operator=(const Secret& other) { return *this = Secret(other); }
  Secret& operator=(Secret&& other) noexcept {
    text_.swap(other.text_);
    other.wipe();
    return *this;
  }
  ~Secret() { wipe(); }

  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
  [[nodiscard]] std::string_view reveal() const noexcept { return text_; }

 private:
  // Wipes the whole capacity: a short text lives inside the object, where a move leaves a copy.
  void wipe() noexcept {
    text_.resize(text_.capacity());
    explicit_bzero(text_.data(), text_.size());
    text_.clear();
  }

  std::string text_;
};

}  // namespace base
