// Where log lines go: the journal, with native fields (VODEVENTD_HANDLE=…), when standard error
// leads there, else standard error.  Writing never waits: a line that is not taken at once is
// dropped, and the next one that is taken comes after one that says how many were lost.
#pragma once

#include "base/log.h"

namespace vodeventd {

base::Log::Sink log_sink();

}  // namespace vodeventd
