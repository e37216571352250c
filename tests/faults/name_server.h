// NameServer: a DNS server on 127.9.9.9 that knows no name: it says so, or it never answers.  And
// the means to let a program ask it: a mount namespace with /etc/hosts and /etc/resolv.conf of the
// test, for which the test has to act as root.
#pragma once

#include "support/loopback_server.h"
#include "support/temp_folder.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace faults {

class NameServer {
 public:
  enum class Manner { says_no, silent };

  explicit NameServer(Manner manner)
      : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)), stop_(::eventfd(0, EFD_CLOEXEC)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(53);
    ::inet_pton(AF_INET, "127.9.9.9", &address.sin_addr);
    if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      throw std::system_error(errno, std::generic_category(), "bind 127.9.9.9:53");
    folder_.write("resolv.conf", "nameserver 127.9.9.9\n");
    folder_.write("hosts", "127.0.0.1 localhost\n");
    thread_ = std::thread([this, manner] { serve(manner); });
  }
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;
  ~NameServer() {
    const std::uint64_t one = 1;
    if (::write(stop_.get(), &one, sizeof one) != sizeof one) std::abort();
    thread_.join();
  }

  // Queries so far.
  [[nodiscard]] int queries() const noexcept { return queries_; }

  // The command that runs the rest of its arguments where this server is asked.
  [[nodiscard]] std::vector<std::string> before() const {
    return {"unshare",
            "-m",
            "sh",
            "-ec",
            "mount --bind \"$0/hosts\" /etc/hosts; mount --bind \"$0/resolv.conf\" "
            "/etc/resolv.conf; exec \"$@\"",
            folder_.path()};
  }

  // Lets the name lead to 127.0.0.1 after all, by the hosts file.
  void know(const std::string& name) const {
    folder_.write("hosts", "127.0.0.1 localhost " + name + "\n");
  }

 private:
  void serve(Manner manner) {
    pollfd fds[] = {{stop_.get(), POLLIN, 0}, {socket_.get(), POLLIN, 0}};
    while (::poll(fds, 2, -1) > 0 && fds[0].revents == 0) {
      char packet[512];
      sockaddr_in from{};
      socklen_t size = sizeof from;
      auto* const name = reinterpret_cast<sockaddr*>(&from);
      const ssize_t got = ::recvfrom(socket_.get(), packet, sizeof packet, 0, name, &size);
      if (got < 12) continue;
      ++queries_;
      if (manner == Manner::silent) continue;
      packet[2] = static_cast<char>(packet[2] | 0x80);  // an answer:
      packet[3] = static_cast<char>(0x83);              // recursion is available, NXDOMAIN
      ::sendto(socket_.get(), packet, static_cast<std::size_t>(got), 0, name, size);
    }
  }

  support::TempFolder folder_;
  support::Descriptor socket_;
  support::Descriptor stop_;
  std::atomic<int> queries_ = 0;
  std::thread thread_;
};

}  // namespace faults
