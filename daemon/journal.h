// An entry of the journal in its native protocol (systemd's JOURNAL_NATIVE_PROTOCOL).
#pragma once

#include "base/message.h"

#include <span>
#include <string>
#include <string_view>

namespace vodeventd {

// MESSAGE, MESSAGE_ID, PRIORITY, SYSLOG_IDENTIFIER, and each field as VODEVENTD_<NAME>; but errno
// is the journal's own ERRNO.  A sub_app_id that is not empty becomes a field, too.
std::string journal_entry(const base::Message& message, std::span<const base::Field> fields,
                          std::string_view sub_app_id);

}  // namespace vodeventd
