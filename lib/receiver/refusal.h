// Why something that was sent is no callback.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace receiver {

enum class Refusal {
  path,       // another than the configured one
  method,     // not POST
  framing,    // a body that HTTP does not delimit, is encoded, or empty
  length,     // a body that is too long
  signature,  // Sign or T missing, wrong or expired
  no_event,   // no event, and more of these than are kept
};

// Names for metrics, in the order of the values.
inline constexpr std::array<std::string_view, 6> refusals = {"path",   "method",    "framing",
                                                             "length", "signature", "no_event"};
static_assert(refusals.size() == static_cast<std::size_t>(Refusal::no_event) + 1);

}  // namespace receiver
