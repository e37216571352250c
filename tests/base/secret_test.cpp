// Whether a secret is overwritten before its memory is given back: this program's own allocator
// looks at every block that is freed.
#include "base/secret.h"

#include <malloc.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <new>
#include <string>

namespace {

constexpr std::string_view watched = "the text that must not be left in free memory";
std::size_t left_behind = 0;

void give_back(void* block) noexcept {
  if (!block) return;
  const std::string_view bytes(static_cast<const char*>(block), malloc_usable_size(block));
  left_behind += bytes.find(watched.substr(1)) != bytes.npos;
  std::free(block);
}

std::string text() { return std::string(watched); }

}  // namespace

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return std::calloc(1, std::max<std::size_t>(size, 1));
}
void* operator new(std::size_t size) {
  if (void* block = operator new(size, std::nothrow)) return block;
  throw std::bad_alloc();
}
void operator delete(void* block) noexcept { give_back(block); }
void operator delete(void* block, std::size_t) noexcept { give_back(block); }

TEST_CASE("a secret leaves nothing in free memory") {
  left_behind = 0;
  {
    base::Secret one(text());
    base::Secret copy = one;
    base::Secret moved = std::move(one);
    copy = moved;
    copy = base::Secret(std::string("a shorter one, which takes the place"));
  }
  CHECK(left_behind == 0);
  { const std::string plain = text(); }
  CHECK(left_behind == 1);
}
