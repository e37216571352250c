// What this room tells the log.
#pragma once

#include "base/message.h"

#include <span>

namespace vod::messages {

using base::Level;

inline constexpr base::Message clock_wrong{
    .level = Level::warning,
    .text = "learned the server's time, this machine's clock is wrong",
    .id = "52e69fa3ad564907b9847139922d83c2",
    .explanation =
        "The service refused a request because its time stamp was more than five minutes off. Its "
        "own time is @VODEVENTD_OFFSET_S@ seconds ahead of this machine's.\n\n"
        "The daemon adds that difference to every signature from now on and keeps working. Leases "
        "and waits do not depend on the clock.\n\n"
        "Check this machine's time synchronisation (timedatectl). The times in the database are "
        "this machine's and so are off as well."};

inline constexpr base::Message clock_right{
    .level = Level::notice,
    .text = "learned the server's time, this machine's clock is right again",
    .id = "f398b89a2c7e4bd3aea2cd41ed8c5ef4",
    .explanation =
        "This machine's clock was wrong before and agrees with the service's now.\n\n"
        "The daemon signs with this machine's own time again. There is nothing to do.",
    .ends = &clock_wrong};

inline constexpr base::Message no_credential{
    .level = Level::error,
    .text = "could not get the credential",
    .id = "bf7d33c3e5e249be9ba837b1a027f61b",
    .explanation =
        "The key could not be read again, or the machine's role gave none: @VODEVENTD_ERROR@.\n\n"
        "The daemon goes on with the key it has, where it has one, and tries again by itself, "
        "before each attempt that follows a refusal. Without a key nothing is pulled.\n\n"
        "Look at the source that the error names. After a repair \"systemctl reload vodeventd\" "
        "makes the daemon try at once."};

inline constexpr const base::Message* list[] = {&clock_wrong, &clock_right, &no_credential};

inline constexpr std::span<const base::Message* const> all = list;

}  // namespace vod::messages
