#include "http/trust.h"

#include <algorithm>

namespace http {
namespace {

constexpr const char* system_ca_file = "/etc/ssl/certs/ca-certificates.crt";

bool same_time(const timespec& one, const timespec& other) {
  return one.tv_sec == other.tv_sec && one.tv_nsec == other.tv_nsec;
}

// The time of the inode's change cannot be set back, as that of the content can.
bool same_file(const struct stat& one, const struct stat& other) {
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino && one.st_size == other.st_size &&
         same_time(one.st_ctim, other.st_ctim);
}

std::string path_of(const std::string& file) { return file.empty() ? system_ca_file : file; }

// A file that is not there is as good as an empty one.
struct stat look_at(const std::string& file) {
  struct stat found {};
  if (stat(file.c_str(), &found) != 0) found = {};
  return found;
}

}  // namespace

Trust::Trust(const std::string& file) : file_(path_of(file)), seen_(look_at(file_)) {}

void Trust::use(const std::string& file) {
  if (path_of(file) == file_) return;
  file_ = path_of(file);
  seen_ = look_at(file_);
  since_ = Clock::now();
}

long Trust::age_s() {
  if (const struct stat found = look_at(file_); !same_file(found, seen_)) {
    seen_ = found;
    since_ = Clock::now();
  }
  const auto age = std::chrono::floor<std::chrono::seconds>(Clock::now() - since_);
  return std::min(static_cast<long>(age.count()), age_s_max);
}

}  // namespace http
