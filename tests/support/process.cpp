#include "support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace support {
namespace {

[[noreturn]] void refuse(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// Where a child writes to, and where we read that.
struct Ends {
  int write = -1;
  int read = -1;
};

Ends open_ends(const std::string& file) {
  if (!file.empty()) {
    const int fd = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) refuse("open " + file);
    return {fd, -1};
  }
  int pipe_ends[2];
  if (pipe2(pipe_ends, O_CLOEXEC) != 0) refuse("pipe2");
  fcntl(pipe_ends[0], F_SETFL, O_NONBLOCK);
  return {pipe_ends[1], pipe_ends[0]};
}

// Blocks all signals for its scope, so that none meets a child that still has our handlers.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { sigprocmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

void take_default_signals() {
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

// In the child, between fork and exec.  A test has a single thread, so the allocations are safe.
[[noreturn]] void execute(const Process::Command& command, pid_t parent, int out, int err) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  take_default_signals();
  for (const std::string& variable : command.environment) {
    const std::size_t equals = variable.find('=');
    setenv(variable.substr(0, equals).c_str(), variable.substr(equals + 1).c_str(), 1);
  }
  std::vector<char*> argv;
  for (const std::string& argument : command.arguments)
    argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  if (command.folder.empty() || chdir(command.folder.c_str()) == 0) execvp(argv[0], argv.data());
  dprintf(STDERR_FILENO, "cannot execute %s: %s\n", argv[0], std::strerror(errno));
  _exit(127);
}

int milliseconds_until(std::chrono::steady_clock::time_point until) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(left.count(), 0, 60'000));
}

}  // namespace

Process::Process(const Command& command) {
  const Ends out = open_ends(command.out_file);
  const Ends err = open_ends(command.err_file);
  out_.fd = out.read;
  err_.fd = err.read;
  start(command, out.write, err.write);
  close(out.write);
  close(err.write);
  // glibc 2.36 declares pidfd_open() for C only.
  pid_fd_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  if (pid_fd_ < 0) refuse("pidfd_open");
}

void Process::start(const Command& command, int out, int err) {
  const SignalsBlocked blocked;
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ < 0) refuse("fork");
  if (pid_ == 0) execute(command, parent, out, err);
}

Process::~Process() {
  if (!status_) {
    signal(SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  for (const int fd : {pid_fd_, out_.fd, err_.fd})
    if (fd >= 0) close(fd);
}

void Process::Stream::read_some() {
  char buffer[64 * 1024];
  while (fd >= 0) {
    const ssize_t count = read(fd, buffer, sizeof buffer);
    if (count > 0) {
      text.append(buffer, static_cast<std::size_t>(count));
    } else if (count == 0) {
      close(std::exchange(fd, -1));
    } else if (errno != EINTR) {
      return;  // nothing more for now
    }
  }
}

void Process::drain() {
  out_.read_some();
  err_.read_some();
}

// Waits until something was written, a stream or the process has ended, or the time is over.
void Process::pump(Time until) {
  pollfd watched[] = {{out_.fd, POLLIN, 0}, {err_.fd, POLLIN, 0}, {pid_fd_, POLLIN, 0}};
  poll(watched, std::size(watched), milliseconds_until(until));
  drain();
}

bool Process::reap() {
  if (status_) return true;
  int status = 0;
  if (wait4(pid_, &status, WNOHANG, &usage_) != pid_) return false;
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  drain();
  return true;
}

bool Process::running() { return !reap(); }

void Process::signal(int number) {
  if (!status_) kill(pid_, number);
}

std::optional<std::string> Process::read_line(std::chrono::milliseconds patience) {
  const Time until = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const std::size_t end = out_.text.find('\n', lines_end_);
    if (end != std::string::npos) {
      const std::size_t begin = std::exchange(lines_end_, end + 1);
      return out_.text.substr(begin, end - begin);
    }
    if (out_.fd < 0 || std::chrono::steady_clock::now() >= until) return {};
    pump(until);
  }
}

std::optional<int> Process::wait(std::chrono::milliseconds patience) {
  const Time until = std::chrono::steady_clock::now() + patience;
  while (!reap() && std::chrono::steady_clock::now() < until) pump(until);
  return status_;
}

const std::string& Process::out() {
  drain();
  return out_.text;
}

const std::string& Process::err() {
  drain();
  return err_.text;
}

}  // namespace support
