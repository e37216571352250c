// Marks the running test case as skipped: the machine lacks what it needs.
//
//   if (geteuid() != 0) return support::skip("needs root");
//
// The runner prints "SKIPPED: NAME: REASON" and, when nothing failed, ends with status 77, which
// ctest reports as skipped, never as passed.
#pragma once

#include <string_view>

namespace support {

void skip(std::string_view reason);

}  // namespace support
