// The journal catalog: for each message of the program what `journalctl -x` says below its line.
#pragma once

#include "base/message.h"

#include <string>
#include <vector>

namespace vodeventd {

// Every message of every room.
std::vector<const base::Message*> all_messages();

// The text of a catalog file (systemd's format), to be installed in /usr/lib/systemd/catalog.
std::string catalog();

}  // namespace vodeventd
