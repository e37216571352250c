#include "daemon/log_sink.h"

#include "base/clock.h"
#include "base/text.h"
#include "daemon/datagram.h"
#include "daemon/journal.h"
#include "daemon/messages.h"

#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace vodeventd {
namespace {

using base::Field;
using base::Message;

// Writes a line, or gives false at once.
using Writer = std::function<bool(const Message&, std::span<const Field>)>;

// $JOURNAL_STREAM names the device and inode of the journal's socket; standard error may have been
// redirected since.
bool stderr_is_journal() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat status {};
  if (!stream || fstat(STDERR_FILENO, &status) != 0) return false;
  return stream == std::to_string(status.st_dev) + ':' + std::to_string(status.st_ino);
}

Writer to_journal(std::string sub_app_id) {
  auto journal = std::make_shared<Datagrams>("/run/systemd/journal/socket");
  return
      [journal, id = std::move(sub_app_id)](const Message& message, std::span<const Field> fields) {
        return journal->send(journal_entry(message, fields, id));
      };
}

// A pipe or terminal that poll() calls writable takes PIPE_BUF bytes without waiting.  To set
// O_NONBLOCK instead would change the descriptor for everyone who shares it, such as the shell.
bool write_line(std::string text) {
  text = base::clip(text, PIPE_BUF - 1);
  text += '\n';
  pollfd out{STDERR_FILENO, POLLOUT, 0};
  return poll(&out, 1, 0) == 1 && (out.revents & POLLOUT) != 0 &&
         write(STDERR_FILENO, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

bool to_stream(const Message& message, std::span<const Field> fields) {
  return write_line('<' + std::to_string(static_cast<int>(message.level)) + '>' +
                    base::line(message, fields));
}

// 2026-11-21T07:42:00.123Z warning could not pull error_class=transient
bool to_terminal(const Message& message, std::span<const Field> fields) {
  std::string text = base::iso8601(base::SystemClock().utc()) + ' ';
  text.append(base::to_string(message.level)).append(" ").append(base::line(message, fields));
  return write_line(std::move(text));
}

Writer writer(std::optional<std::uint64_t> sub_app_id) {
  if (stderr_is_journal()) return to_journal(sub_app_id ? std::to_string(*sub_app_id) : "");
  return isatty(STDERR_FILENO) == 1 ? to_terminal : to_stream;
}

}  // namespace

base::Log::Sink log_sink(std::optional<std::uint64_t> sub_app_id) {
  return [write = writer(sub_app_id), lost = std::uint64_t{0}](
             const Message& message, std::span<const Field> fields) mutable {
    const Field lines("lines", lost);
    if (lost > 0 && write(messages::lost_lines, {&lines, 1})) lost = 0;
    if (lost > 0 || !write(message, fields)) ++lost;
  };
}

}  // namespace vodeventd
