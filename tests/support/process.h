// Process: a program started by a test.  It never outlives the object: the destructor kills it by
// its pid and reaps it, and the kernel kills it when the test itself dies.
//
// What it writes is kept in memory, or goes to a file.  A waiting call reads both streams all the
// while, so a program that writes much does not block.  Throws std::system_error when the system
// refuses; a program that cannot be executed ends with status 127.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace support {

class Process {
 public:
  struct Command {
    std::vector<std::string> arguments;    // the first is the program, looked up in PATH
    std::vector<std::string> environment;  // NAME=value, replacing what is there
    std::string out_file;                  // empty: kept in memory
    std::string err_file;
    std::string folder;  // to run in; empty: ours
  };

  explicit Process(const Command& command);
  explicit Process(std::vector<std::string> arguments)
      : Process(Command{std::move(arguments), {}, {}, {}, {}}) {}
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  [[nodiscard]] bool running();

  // Does nothing to a process that has ended.
  void signal(int number);

  // The next line of standard output, without its end; empty when the time is over or the stream
  // ended before one was complete.
  std::optional<std::string> read_line(std::chrono::milliseconds patience);

  // The exit status, 128 + signal when one killed it; empty when the time is over.
  std::optional<int> wait(std::chrono::milliseconds patience);

  // What it has used, itself and the children it has awaited; nothing before wait() gave a status.
  [[nodiscard]] const rusage& usage() const noexcept { return usage_; }

  // All it has written so far; complete after wait().
  const std::string& out();
  const std::string& err();

 private:
  // A stream that is read into memory; fd -1 once it has ended.
  struct Stream {
    int fd = -1;
    std::string text;
    void read_some();
  };

  using Time = std::chrono::steady_clock::time_point;

  void start(const Command& command, int out, int err);
  void pump(Time until);
  void drain();
  bool reap();

  pid_t pid_ = -1;
  int pid_fd_ = -1;
  Stream out_;
  Stream err_;
  std::size_t lines_end_ = 0;  // what of out_ read_line() has given
  std::optional<int> status_;
  rusage usage_{};
};

}  // namespace support
