// Ticket: what an operation that the relay asked for is known by until it has completed.
#pragma once

#include <cstdint>

namespace relay {

using Ticket = std::uint64_t;

}  // namespace relay
