// Trust: the file of certificates that are trusted, and since when it has been as it is.
//
// libcurl reads the file once and keeps both what it read and the connections it made by it.  Asked
// before each request, age_s() notices a file that was replaced, whoever did it; what is older than
// that is then not used again.
#pragma once

#include <sys/stat.h>

#include <chrono>
#include <string>

namespace http {

class Trust {
 public:
  // Empty: the system's bundle.
  explicit Trust(const std::string& file);

  // Another file from now on.
  void use(const std::string& file);

  [[nodiscard]] const std::string& file() const noexcept { return file_; }

  // Whole seconds since a change of the file was noticed, at most `age_s_max`.
  static constexpr long age_s_max = 3600;
  [[nodiscard]] long age_s();

 private:
  // libcurl counts on this clock.
  using Clock = std::chrono::steady_clock;

  std::string file_;
  struct stat seen_;
  Clock::time_point since_ = Clock::now() - std::chrono::seconds(age_s_max);
};

}  // namespace http
