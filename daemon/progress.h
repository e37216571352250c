// Progress: a line on a terminal that is written over; nothing anywhere else.
#pragma once

#include <unistd.h>

#include <cstdio>
#include <string>

namespace vodeventd {

class Progress {
 public:
  explicit Progress(bool wanted) : shown_(wanted && isatty(STDERR_FILENO) == 1) {}
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() { show(""); }

  void show(const std::string& text) const {
    if (shown_) std::fprintf(stderr, "\r\033[K%s", text.c_str());
  }

 private:
  bool shown_;
};

}  // namespace vodeventd
