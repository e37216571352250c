// Memory: what this program has in use, counted by its own operator new and by SQLite.
#pragma once

#include <cstddef>

namespace simulation {

std::size_t live_bytes();

}  // namespace simulation
