#include "daemon/check/machine.h"

#include "sqlite/library.h"

#include <sys/timex.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace vodeventd {
namespace {

// Only the daemon's one connection writes and checkpoints, so that it can't do this to itself: no
// warning, which every check on Debian 12 would give for ever.
void check_sqlite(Findings& findings) {
  std::string text(sqlite::library_version());
  if (sqlite::has_wal_reset_bug(sqlite::library_number()))
    text +=
        ", which has the WAL-reset bug: two writers at once can damage a database.  The daemon is "
        "the only one; open it with sqlite3 -readonly";
  findings.ok("sqlite", text);
}

void check_clock(Findings& findings) {
  timex clock{};
  const int state = adjtimex(&clock);
  if (state < 0) {
    findings.unknown("clock", std::string("the kernel does not tell: ") + std::strerror(errno),
                     "timedatectl tells whether it is synchronised");
  } else if (state == TIME_ERROR || (clock.status & STA_UNSYNC) != 0) {
    findings.warn("clock",
                  "nothing keeps this machine's clock right; 5 minutes off, and signatures are "
                  "refused",
                  "sudo apt install systemd-timesyncd && sudo timedatectl set-ntp true");
  } else {
    findings.ok("clock", "synchronised, at most " + std::to_string(clock.maxerror / 1000) +
                             " ms off by the kernel's reckoning");
  }
}

}  // namespace

void check_machine(Findings& findings) {
  check_sqlite(findings);
  check_clock(findings);
}

}  // namespace vodeventd
