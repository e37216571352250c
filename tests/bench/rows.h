// Rows made by SQL: many more than could be pulled in a bench, of the shape that real ones have.
#pragma once

#include <cstdint>
#include <string>

namespace bench {

// Brings a database of the inbox's own making to `total` events, all confirmed; fast, and with no
// regard to what a crash would leave.  Nobody else may have it open.
void fill(const std::string& path, std::int64_t total);

}  // namespace bench
