#include "import/input.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace import {
namespace {

constexpr std::size_t chunk_bytes = std::size_t{256} << 10;

// A pipe by name is opened without waiting for its writer.
int open_file(const std::string& path) {
  if (path == "-") return dup(STDIN_FILENO);
  return open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

}  // namespace

Input::Input(const std::string& path)
    : descriptor_(open_file(path)), chunk_(std::make_unique<char[]>(chunk_bytes)) {
  struct stat status {};
  if (descriptor_ < 0 || fstat(descriptor_, &status) != 0) fail("can't be opened");
  if (S_ISREG(status.st_mode)) bytes_ = static_cast<std::uint64_t>(status.st_size);
  if (S_ISDIR(status.st_mode)) trouble_ = "is a folder: name the files in it";
}

Input::~Input() {
  if (descriptor_ >= 0) close(descriptor_);
}

bool Input::await(int other) const {
  if (!trouble_.empty()) return true;
  pollfd waiting[] = {{other, POLLIN, 0}, {descriptor_, POLLIN, 0}};
  if (poll(waiting, 2, hungry_ ? -1 : 0) < 0) return true;
  return waiting[0].revents == 0;
}

std::optional<std::string_view> Input::read() {
  if (!hungry_) return unpack();
  const std::optional<std::string_view> raw = read_raw();
  if (!begun_) return begin(raw.value_or(""), !raw);
  if (!gunzip_) return raw;
  if (raw)
    gunzip_->feed(*raw);
  else
    gunzip_->end();
  return unpack();
}

// A pipe may bring byte by byte what tells whether it is gzip.
std::optional<std::string_view> Input::begin(std::string_view first, bool ended) {
  const std::string_view start(chunk_.get(), kept_ + first.size());
  kept_ = start.size();
  if (start.size() < gzip_magic_bytes && !ended) return "";
  begun_ = true;
  kept_ = 0;
  if (!is_gzip(start)) return ended && start.empty() ? std::nullopt : std::optional(start);
  gunzip_.emplace();
  gunzip_->feed(start);
  return unpack();
}

std::optional<std::string_view> Input::unpack() {
  const std::string_view text = gunzip_->read();
  hungry_ = text.empty();
  if (trouble_.empty()) trouble_ = gunzip_->trouble();
  const bool over = text.empty() && (ended_ || !trouble_.empty());
  return over ? std::nullopt : std::optional(text);
}

// None at the end.
std::optional<std::string_view> Input::read_raw() {
  if (!trouble_.empty()) return std::nullopt;
  const ssize_t size = ::read(descriptor_, chunk_.get() + kept_, chunk_bytes - kept_);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return "";
  if (size < 0) fail("can't be read on");
  ended_ = size <= 0;
  if (ended_) return std::nullopt;
  bytes_read_ += static_cast<std::uint64_t>(size);
  return std::string_view(chunk_.get() + kept_, static_cast<std::size_t>(size));
}

void Input::fail(const std::string& what) { trouble_ = what + ": " + std::strerror(errno); }

}  // namespace import
