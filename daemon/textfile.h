// A file that others read at any moment: it is replaced as a whole, so that nobody sees a part.
#pragma once

#include <string>
#include <string_view>
#include <system_error>

namespace vodeventd {

// Writes beside it, under the same name and another ending, and renames; mode 0644.  Not synced:
// after a power cut it is written anew.  Throws std::system_error.
void replace_file(const std::string& path, std::string_view text);

// What a person can do about such an error.
std::string advice_on_file(const std::error_code& error, const std::string& path);

}  // namespace vodeventd
