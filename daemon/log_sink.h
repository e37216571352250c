// Where log lines go: the journal, with its native fields (VODEVENTD_EVENT_HANDLE=…), when standard
// error leads there; else standard error, on a terminal with time and level in words, otherwise
// behind the `<5>` that systemd reads.  Writing never waits: a line that is not taken at once is
// dropped, and the next one that is taken comes after one that says how many were lost.
#pragma once

#include "base/log.h"

#include <cstdint>
#include <optional>

namespace vodeventd {

// `sub_app_id` becomes a field of every journal entry.
base::Log::Sink log_sink(std::optional<std::uint64_t> sub_app_id = {});

}  // namespace vodeventd
