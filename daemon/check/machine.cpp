#include "daemon/check/machine.h"

#include "sqlite/library.h"

#include <sys/timex.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace vodeventd {
namespace {

// Only the daemon's one connection writes and checkpoints, so that it can't do this to itself.
void check_sqlite(Findings& findings) {
  const std::string version(sqlite::library_version());
  if (!sqlite::has_wal_reset_bug(sqlite::library_number())) {
    findings.ok("sqlite", version);
    return;
  }
  findings.warn("sqlite",
                version +
                    " is of a version with the WAL-reset bug: two connections that write or "
                    "checkpoint at once can damage a database; the daemon's own are never two",
                "Open the database with sqlite3 -readonly only, or install SQLite 3.51.3 or later");
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
