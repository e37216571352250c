// Box: a nullable, owning, movable slot for one T, as big as one pointer.  It keeps a record that
// is mostly absent members small.
#pragma once

#include <utility>

namespace base {

template <class T>
class Box {
 public:
  Box() noexcept = default;
  Box(Box&& other) noexcept : value_(std::exchange(other.value_, nullptr)) {}
  Box& operator=(Box&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  Box(const Box&) = delete;
  Box& operator=(const Box&) = delete;
  ~Box() { delete value_; }

  explicit operator bool() const noexcept { return value_ != nullptr; }
  T& operator*() const noexcept { return *value_; }
  T* operator->() const noexcept { return value_; }
  T& emplace() {
    delete std::exchange(value_, nullptr);
    value_ = new T();
    return *value_;
  }

 private:
  T* value_ = nullptr;
};

}  // namespace base
