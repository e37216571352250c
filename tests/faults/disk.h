// Disks that fail, and others that work on the same database.
#pragma once

#include "e2e/broken_disk.h"
#include "faults/namespaces.h"
#include "faults/support.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

namespace faults {

// A file system in memory that only this test and what it starts can see.
class SmallDisk {
 public:
  SmallDisk(std::string folder, const std::string& size) : folder_(std::move(folder)) {
    static const bool own = (enter_namespaces(0), true);
    std::filesystem::create_directories(folder_);
    if (!own || mount("tmpfs", folder_.c_str(), "tmpfs", 0, ("size=" + size).c_str()) != 0)
      throw std::system_error(errno, std::generic_category(), "mount " + folder_);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() { umount2(folder_.c_str(), MNT_DETACH); }

  // Takes all the room there is at this moment.
  void fill() const {
    const int file = open((folder_ + "/filler").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    const std::string page(4096, 'x');
    while (write(file, page.data(), page.size()) > 0) {
    }
    close(file);
  }
  void free() const { std::filesystem::remove(folder_ + "/filler"); }

 private:
  std::string folder_;
};

// preload/broken_disk.cpp, for a daemon.
class BrokenDisk {
 public:
  explicit BrokenDisk(std::string rule_file) : file_(std::move(rule_file)) {}

  // Moved into place, so that the daemon never reads half a rule.
  void rule(const std::string& text) const {
    std::ofstream(file_ + ".new") << text << '\n';
    std::filesystem::rename(file_ + ".new", file_);
  }
  void mend() const { std::filesystem::remove(file_); }

  [[nodiscard]] Arguments environment() const { return e2e::broken_disk(file_); }

 private:
  std::string file_;
};

// An operator with the sqlite3 shell in the middle of a transaction, until the object goes.
class Operator {
 public:
  Operator(const support::TempFolder& folder, const std::string& database,
           const std::string& statements)
      : fifo_(folder / "operator") {
    if (mkfifo(fifo_.c_str(), 0600) != 0)
      throw std::system_error(errno, std::generic_category(), "make " + fifo_);
    // Opened for reading too, so that opening does not wait for the shell.
    input_ = open(fifo_.c_str(), O_RDWR | O_CLOEXEC);
    shell_ = std::make_unique<support::Process>(
        Arguments{"sh", "-c", "exec sqlite3 \"$0\" < \"$1\"", database, fifo_});
    const std::string text = ".timeout 20000\n" + statements + "\nSELECT 'ready';\n";
    REQUIRE(write(input_, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    for (;;) {
      const auto line = shell_->read_line(patience);
      REQUIRE(line);
      if (*line == "ready") break;
    }
  }
  Operator(const Operator&) = delete;
  Operator& operator=(const Operator&) = delete;
  ~Operator() {
    shell_.reset();
    close(input_);
    std::filesystem::remove(fifo_);
  }

  [[nodiscard]] pid_t pid() const { return shell_->pid(); }

 private:
  std::string fifo_;
  int input_ = -1;
  std::unique_ptr<support::Process> shell_;
};

struct DiskSetup : Setup {
  BrokenDisk broken{folder / "rule"};

  void start_on_broken_disk() { start(broken.environment()); }

  // Waits until the simulator has so many of these.
  void await_total(std::string_view name, std::int64_t least) const {
    for (int i = 0; i < 600 && total_now(name) < least; ++i) std::this_thread::sleep_for(20ms);
    REQUIRE(total_now(name) >= least);
  }

  // Nothing is pulled and nothing confirmed while 60 more events arrive.
  void check_standstill() const {
    await_total("waiting", total_now("waiting") + 20);  // pulls that were under way are over
    const auto pulls = total_now("pulls"), confirmed = total_now("confirmed");
    await_total("waiting", total_now("waiting") + 40);
    CHECK(total_now("pulls") == pulls);
    CHECK(total_now("confirmed") == confirmed);
  }

  // The simulator was given --exit-when-drained: all that came is confirmed, once, and in order.
  void check_recovery(int events) {
    const auto drained = simulator->wait(patience);
    CAPTURE(log());
    REQUIRE(drained == 0);
    await_log("started");  // a signal would just kill it before that
    stop();
    check_ledger(events);
  }
};

inline std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace faults
