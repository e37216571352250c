// What somebody may have meant by a name that does not exist.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace base {

// The only candidate that begins with `name`, else the one that differs from it in the fewest
// letters, the first of several; whatever their case.  Empty when all differ in more than a third
// of the name.
std::string_view nearest(std::string_view name, std::span<const std::string> candidates);

}  // namespace base
