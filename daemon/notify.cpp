#include "daemon/notify.h"

#include <sys/stat.h>
#include <sys/uio.h>
#include <systemd/sd-daemon.h>
#define SD_JOURNAL_SUPPRESS_LOCATION  // where a line stands in the source is no news to an operator
#include <systemd/sd-journal.h>
#include <unistd.h>

#include <cctype>
#include <cstdlib>
#include <vector>

namespace vodeventd {
namespace {

// $JOURNAL_STREAM names the device and inode of the journal's socket; standard error may have been
// redirected since.
bool stderr_is_journal() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat status {};
  if (!stream || fstat(STDERR_FILENO, &status) != 0) return false;
  return stream == std::to_string(status.st_dev) + ':' + std::to_string(status.st_ino);
}

void to_journal(base::Level level, std::string_view message, std::span<const base::Field> fields) {
  std::vector<std::string> texts;
  texts.push_back("MESSAGE=" + base::line(message, fields));
  texts.push_back("PRIORITY=" + std::to_string(static_cast<int>(level)));
  for (const base::Field& field : fields) {
    std::string text = "VODEVENTD_";
    for (const char c : field.key)
      text += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    texts.push_back(text + '=' + field.value);
  }
  std::vector<iovec> parts;
  parts.reserve(texts.size());
  for (std::string& text : texts) parts.push_back({text.data(), text.size()});
  // A journal that can't be written must not stop the work.
  sd_journal_sendv(parts.data(), static_cast<int>(parts.size()));
}

}  // namespace

void notify_ready() { sd_notify(0, "READY=1"); }
void notify_stopping() { sd_notify(0, "STOPPING=1"); }

base::Log::Sink log_sink() {
  if (stderr_is_journal()) return to_journal;
  return base::to_stderr;
}

}  // namespace vodeventd
