// Owned: a foreign handle with its free function, released exactly once when its scope ends.
#pragma once

#include <memory>

namespace base {

template <auto Free>
struct Frees {
  void operator()(auto* handle) const noexcept { Free(handle); }
};

template <class T, auto Free>
using Owned = std::unique_ptr<T, Frees<Free>>;

}  // namespace base
