#include "simulation/memory.h"

#include <malloc.h>
#include <sqlite3.h>

#include <cstdlib>
#include <new>

namespace {

std::size_t live = 0;

void* try_allocate(std::size_t size) noexcept {
  void* memory = std::malloc(size);
  if (memory) live += malloc_usable_size(memory);
  return memory;
}

void* allocate(std::size_t size) {
  void* memory = try_allocate(size);
  if (!memory) throw std::bad_alloc();
  return memory;
}

void release(void* memory) noexcept {
  live -= malloc_usable_size(memory);
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return try_allocate(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return try_allocate(size);
}
void operator delete(void* memory) noexcept { release(memory); }
void operator delete[](void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
void operator delete[](void* memory, std::size_t) noexcept { release(memory); }

namespace simulation {

std::size_t live_bytes() { return live + static_cast<std::size_t>(sqlite3_memory_used()); }

}  // namespace simulation
