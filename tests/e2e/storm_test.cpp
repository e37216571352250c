// Two thousand clients at once that hold, drip, break off and lie, and one that sends callbacks.
#include "base/descriptor.h"
#include "e2e/callbacks.h"
#include "support/skip.h"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <random>

namespace {

using Catch::Contains;
using namespace std::chrono_literals;

// What one of them has to say, a few bytes each time.
struct Manner {
  std::string text;
  std::size_t bytes_at_once;
  bool half_closes;  // when all is said
};

const std::string head = "POST / HTTP/1.1\r\nHost: x\r\n";

const std::vector<Manner> manners = {
    {"", 1, false},
    {head + "X: " + std::string(5'000, 'x'), 1, false},
    {head + "Content-Length: 900000\r\n\r\n" + std::string(900'000, ' '), 1, false},
    {head + "Content-Length: 900000\r\n\r\n" + std::string(900'000, ' '), 50'000, false},
    {head + "Transfer-Encoding: chunked\r\n\r\n" + std::string("ffff\r\n").append(4'000, 'x'), 100,
     false},
    {head + "Content-Length: 100\r\n\r\n{\"Event", 100, true},
    {head + "Content-Length: 100000000\r\n\r\n" + std::string(100'000, 'x'), 10'000, false},
    {"\x16\x03\x01\x02\x05 no HTTP \r\n\r\n", 100, false},
    {"GET /" + std::string(40'000, 'a') + " HTTP/1.1\r\n", 5'000, false},
    {head + "Content-Length: 7\r\n\r\nrubbish", 100, false},
    {"GET / HTTP/1.0\r\n\r\n", 100, true},
};

class Nuisance {
 public:
  Nuisance(const Manner& manner, std::uint16_t port) : manner_(manner), port_(port) {}

  // Goes on, or begins anew when it was cut, or was not for a while: so it has one connection at a
  // time, however fast the other side is.
  void go_on() {
    if (socket_.get() < 0) return connect_again();
    const std::size_t left = manner_.text.size() - at_;
    if (left == 0) return rest();
    const ssize_t sent = ::send(socket_.get(), manner_.text.data() + at_,
                                std::min(left, manner_.bytes_at_once), MSG_NOSIGNAL);
    if (sent > 0) at_ += static_cast<std::size_t>(sent);
    if (sent < 0 && errno != EAGAIN && errno != ENOTCONN) connect_again();
  }

 private:
  void rest() {
    if (manner_.half_closes) shutdown(socket_.get(), SHUT_WR);
    char buffer[512];
    const ssize_t got = recv(socket_.get(), buffer, sizeof buffer, MSG_DONTWAIT);
    const bool cut = got == 0 || (got < 0 && errno != EAGAIN);
    if (cut || std::chrono::steady_clock::now() - begun_ > 3s) connect_again();
  }
  void connect_again() {
    at_ = 0;
    begun_ = std::chrono::steady_clock::now();
    socket_ = base::Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(port_);
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connect(socket_.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name);
  }

  const Manner& manner_;
  std::uint16_t port_;
  base::Descriptor socket_;
  std::size_t at_ = 0;
  std::chrono::steady_clock::time_point begun_;
};

constexpr std::size_t clients = 2'000;
constexpr rlim_t descriptors = clients + 200;

bool may_have_descriptors() {
  rlimit limit{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  return limit.rlim_max >= descriptors;
}

void allow_descriptors(rlim_t count) {
  rlimit limit{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = std::max(limit.rlim_cur, std::min(count, limit.rlim_max));
  REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  REQUIRE(limit.rlim_cur >= count);
}

struct Storm : e2e::Callbacks {
  std::atomic<bool> over = false;
  std::thread crowd;

  void rage() {
    allow_descriptors(descriptors);
    const auto port = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
    crowd = std::thread([this, port] {
      std::vector<Nuisance> all;
      for (std::size_t i = 0; i < clients; ++i) all.emplace_back(manners[i % manners.size()], port);
      while (!over) {
        for (Nuisance& each : all) each.go_on();
        std::this_thread::sleep_for(1ms);
      }
    });
  }
  void calm() {
    over = true;
    if (crowd.joinable()) crowd.join();
  }
  ~Storm() { calm(); }

  std::string logged_address() const {
    const std::string text = log(), mark = "receiving callbacks address=";
    const std::size_t begin = text.find(mark) + mark.size();
    return text.substr(begin, text.find(' ', begin) - begin);
  }
};

}  // namespace

TEST_CASE_METHOD(Storm, "through 2,000 broken clients every callback is answered", "[storm]") {
  if (!may_have_descriptors()) return support::skip("needs 2,200 open files: ulimit -Hn");
  address = "127.0.0.1:0";
  configure_push();
  auto process = daemon("run");
  await_log("receiving callbacks");
  address = logged_address();
  rage();
  std::this_thread::sleep_for(500ms);
  std::vector<std::chrono::duration<double>> times;
  for (int i = 0; i < 200; ++i) {
    const auto begun = std::chrono::steady_clock::now();
    REQUIRE_THAT(post(e2e::callback("task-" + std::to_string(i))), Contains("stored"));
    times.emplace_back(std::chrono::steady_clock::now() - begun);
    std::this_thread::sleep_for(10ms);
  }
  calm();
  std::ranges::sort(times);
  INFO("answered within " << times[100].count() << " s (median), " << times.back().count()
                          << " s (longest)");
  CHECK(times.back() < 5s);  // the service gives up after that
  CHECK(number("SELECT count(*) FROM events") == 200);
  CHECK(number("SELECT count(*) FROM quarantine") <= 17);
  end(process);
  CHECK(print("audit").status == 0);
}
