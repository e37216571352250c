// Log lines as the journal, a terminal and a pipe get them.
#include "daemon/log_sink.h"

#include "daemon/journal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <string>

namespace {

constexpr base::Message message{.level = base::Level::warning,
                                .text = "could not store",
                                .id = "0123456789abcdef0123456789abcdef",
                                .explanation = {}};
const base::Field fields[] = {
    {"error_code", "SQLITE_FULL"}, {"errno", 28}, {"request_id", ""}, {"error", "a\nb"}};

// What the sink writes with this as standard error.
std::string written_to(int write_end, int read_end) {
  const int kept = dup(STDERR_FILENO);
  REQUIRE(kept >= 0);
  REQUIRE(dup2(write_end, STDERR_FILENO) == STDERR_FILENO);
  vodeventd::log_sink(1500000001)(message, fields);
  REQUIRE(dup2(kept, STDERR_FILENO) == STDERR_FILENO);
  close(kept);
  char buffer[4096];
  const ssize_t length = read(read_end, buffer, sizeof buffer);
  close(write_end);
  close(read_end);
  return {buffer, length > 0 ? static_cast<std::size_t>(length) : 0};
}

constexpr const char* line = R"(could not store error_code=SQLITE_FULL errno=28 error="a\x0ab")";

}  // namespace

TEST_CASE("an entry of the journal has identity, fields and the application") {
  using namespace std::string_literals;
  CHECK(vodeventd::journal_entry(message, fields, "1500000001") ==
        "MESSAGE="s + line +
            "\nMESSAGE_ID=0123456789abcdef0123456789abcdef\nPRIORITY=4\n"
            "SYSLOG_IDENTIFIER=vodeventd\nVODEVENTD_SUB_APP_ID=1500000001\n"
            "VODEVENTD_ERROR_CODE=SQLITE_FULL\nERRNO=28\n"
            "VODEVENTD_ERROR\n\3\0\0\0\0\0\0\0a\nb\n"s);
  CHECK_THAT(vodeventd::journal_entry(message, fields, ""), !Catch::Contains("SUB_APP_ID"));
}

TEST_CASE("a pipe gets the level as systemd reads it") {
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  CHECK(written_to(ends[1], ends[0]) == std::string("<4>") + line + '\n');
}

TEST_CASE("a terminal gets the time and the level in words") {
  const int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  REQUIRE(master >= 0);
  REQUIRE(grantpt(master) == 0);
  REQUIRE(unlockpt(master) == 0);
  const int terminal = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
  REQUIRE(terminal >= 0);
  const std::string text = written_to(terminal, master);
  CHECK_THAT(text, Catch::Matches(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z warning could[^]*)") &&
                       Catch::EndsWith(line + std::string("\r\n")));
}
