#include "daemon/config.h"

#include "fuzz/targets.h"
#include "http/transport.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <string>
#include <system_error>

namespace fuzz {
namespace {

using namespace std::chrono_literals;
using vodeventd::Config;
using vodeventd::ConfigError;

// A file that only this process sees.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view text) : fd_(memfd_create("config", MFD_CLOEXEC)) {
    if (fd_ < 0 || write(fd_, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
      throw std::system_error(errno, std::generic_category(), "make a file in memory");
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { close(fd_); }
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  int fd_;
};

// Lines `#VODEVENTD_X=y` are variables of the environment too.
vodeventd::Environment variables_in(std::string_view text) {
  vodeventd::Environment variables;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    const std::size_t equals = line.find('=');
    if (line.starts_with("#VODEVENTD_") && equals != line.npos)
      variables.emplace(line.substr(1, equals - 1), line.substr(equals + 1));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return variables;
}

void check_config(const Config& config) {
  require(config.api.timeout >= 6s && config.api.timeout <= 28s, "the time limit is in its range");
  require(config.api.reply_bytes_max >= 1 << 16 && config.api.reply_bytes_max <= 1 << 30,
          "the longest reply is in its range");
  require(config.poll.interval >= 0s && config.poll.interval <= 1h, "the pause is in its range");
  require(config.poll.max_pulls_in_flight >= 1 && config.poll.max_pulls_in_flight <= 256,
          "the pulls are in their range");
  require(!config.api.sub_app_id || *config.api.sub_app_id > 0, "an application has a number");
  require(!config.store.path.empty(), "the database has a path");
  require(!config.api.endpoint.starts_with("http://") ||
              ::http::plain_http_allowed(config.api.endpoint),
          "plain HTTP is for loopback only");
}

bool take_number(std::string_view& text) {
  const std::size_t digits = text.find_first_not_of("0123456789");
  if (digits == 0 || digits == text.npos || text[digits] != ':') return false;
  text.remove_prefix(digits + 1);
  return true;
}

// file:line:column: what, or the variable of the environment.
void check_message(std::string_view text, const std::string& path) {
  if (text.starts_with("environment variable VODEVENTD_")) return;
  require(text.starts_with(path + ':'), "an error begins with the file");
  text.remove_prefix(path.size() + 1);
  require(take_number(text) && take_number(text), "line and column follow");
  require(text.size() > 1, "and what is wrong");
}

}  // namespace

void config(std::string_view input) {
  const MemoryFile file(input);
  try {
    check_config(vodeventd::load_config(file.path(), true, variables_in(input)));
  } catch (const ConfigError& error) {
    check_message(error.what(), file.path());
  }
}

}  // namespace fuzz
