#include "inbox/arrival.h"

#include <algorithm>

namespace inbox {

std::string_view to_string(Source source) {
  switch (source) {
    case Source::pull:
      return "pull";
    case Source::push:
      return "push";
    case Source::import:
      return "import";
  }
  return "";
}

std::size_t SaveResult::count(Outcome outcome) const {
  return static_cast<std::size_t>(std::count(outcomes.begin(), outcomes.end(), outcome));
}

}  // namespace inbox
