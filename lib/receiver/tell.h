// What the receiver tells the log, and its words for what has become of a callback.
#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "inbox/inbox.h"
#include "receiver/sign.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace receiver {

// stored, redelivered, quarantined: as the sender is told.
std::string_view word_of(inbox::Outcome outcome);

// missing, wrong, expired.
std::string_view to_string(Verdict verdict);

// What became of these arrivals; `took`: their transaction.
void tell_stored(base::Log& log, std::span<const inbox::Arrival> arrivals,
                 const inbox::SaveResult& result, base::BootTime::duration took);

// `lasted`: nothing could be stored for so long, and so many callbacks were turned away.
void tell_stored_again(base::Log& log, base::BootTime::duration lasted, std::uint64_t callbacks);

void tell_trouble(base::Log& log, const inbox::Trouble& trouble, std::size_t callbacks);

}  // namespace receiver
