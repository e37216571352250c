// What of a broken JSON object is whole: the text up to the last bracket that was closed before the
// break, with the brackets that are open there closed behind it.  So a reply that breaks off can be
// read as one with fewer events.
//
// What lies within the first `bytes` is as it came; whatever reaches beyond them was closed here
// and is not what was sent.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace import {

struct WholePart {
  std::string text;
  std::size_t bytes;  // of the text that was given
};

// None when nothing was closed before the break.
std::optional<WholePart> whole_part(std::string_view broken);

}  // namespace import
