// The machine that the figures come from, as lines to print above them.
#pragma once

#include <string>
#include <vector>

namespace bench {

// `folder`: where the databases of the bench lie.
std::vector<std::string> describe_machine(const std::string& folder);

// The median of how long an append of a page and its fsync take in this folder, in milliseconds.
double fsync_ms(const std::string& folder);

}  // namespace bench
