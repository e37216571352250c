// Where libFuzzer enters; TARGET is the function of targets.h.
#include "fuzz/targets.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  fuzz::TARGET({reinterpret_cast<const char*>(data), size});
  return 0;
}
