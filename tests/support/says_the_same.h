// Whether a record that was read and written again lost anything.
#pragma once

#include <string>
#include <string_view>

namespace support {

// Does `written` say what `received` says, in the same order?  Where not is told in `place`.
bool says_the_same(std::string_view received, std::string_view written, std::string& place);

}  // namespace support
