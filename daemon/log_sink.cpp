#include "daemon/log_sink.h"

#include "base/text.h"
#include "daemon/datagram.h"

#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace vodeventd {
namespace {

using base::Field;
using base::Level;

// Writes a line, or gives false at once.
using Writer = std::function<bool(Level, std::string_view, std::span<const Field>)>;

// What the journal takes in one datagram is a multiple of this for each of our fields.
constexpr std::size_t value_bytes_max = std::size_t{16} * 1024;

// $JOURNAL_STREAM names the device and inode of the journal's socket; standard error may have been
// redirected since.
bool stderr_is_journal() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat status {};
  if (!stream || fstat(STDERR_FILENO, &status) != 0) return false;
  return stream == std::to_string(status.st_dev) + ':' + std::to_string(status.st_ino);
}

// The journal's native protocol: NAME=value, or for a value of several lines the name, its length
// as 64 bits little endian, and the value.
void append(std::string& entry, std::string_view name, std::string_view whole) {
  const std::string_view value = base::clip(whole, value_bytes_max);
  entry += name;
  if (value.find('\n') == value.npos) {
    entry += '=';
  } else {
    entry += '\n';
    for (int shift = 0; shift < 64; shift += 8)
      entry += static_cast<char>(std::uint64_t{value.size()} >> shift & 0xff);
  }
  entry += value;
  entry += '\n';
}

std::string journal_name(std::string_view key) {
  std::string name = "VODEVENTD_";
  for (const char c : key) name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

Writer to_journal() {
  auto journal = std::make_shared<Datagrams>("/run/systemd/journal/socket");
  return [journal](Level level, std::string_view message, std::span<const Field> fields) {
    std::string entry;
    append(entry, "MESSAGE", base::line(message, fields));
    append(entry, "PRIORITY", std::to_string(static_cast<int>(level)));
    append(entry, "SYSLOG_IDENTIFIER", "vodeventd");
    for (const Field& field : fields) append(entry, journal_name(field.key), field.value);
    return journal->send(entry);
  };
}

// A pipe or terminal that poll() calls writable takes PIPE_BUF bytes without waiting.  To set
// O_NONBLOCK instead would change the descriptor for everyone who shares it, such as the shell.
bool to_stderr(Level level, std::string_view message, std::span<const Field> fields) {
  std::string text =
      '<' + std::to_string(static_cast<int>(level)) + '>' + base::line(message, fields);
  text = base::clip(text, PIPE_BUF - 1);
  text += '\n';
  pollfd out{STDERR_FILENO, POLLOUT, 0};
  return poll(&out, 1, 0) == 1 && (out.revents & POLLOUT) != 0 &&
         write(STDERR_FILENO, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

}  // namespace

base::Log::Sink log_sink() {
  return [write = stderr_is_journal() ? to_journal() : Writer(to_stderr), lost = std::uint64_t{0}](
             Level level, std::string_view message, std::span<const Field> fields) mutable {
    const Field lines("lines", lost);
    if (lost > 0 && write(Level::warning, "lost lines that the log did not take", {&lines, 1}))
      lost = 0;
    if (lost > 0 || !write(level, message, fields)) ++lost;
  };
}

}  // namespace vodeventd
