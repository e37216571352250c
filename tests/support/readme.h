// What README shows, for who holds the program to it.
#pragma once

#include <string>
#include <vector>

namespace support {

// Its SQL, in order: what stands between quotes behind the database's path.  Throws
// std::runtime_error when there is none.
std::vector<std::string> documented_queries(const std::string& readme);

}  // namespace support
