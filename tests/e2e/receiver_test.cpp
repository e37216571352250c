// The daemon in PUSH mode as its users meet it: alone and beside pulling, told to stop, to read
// again, killed, and started by a service manager that keeps its socket.
#include "base/descriptor.h"
#include "e2e/callbacks.h"

#include <signal.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <set>
#include <sstream>
#include <utility>

namespace {

using Catch::Contains;
using e2e::answer_to;
using e2e::callback;
using e2e::Callbacks;
using httpd_test::Client;
using namespace std::chrono_literals;

// The SignKey and the mark that it makes of a time far away.
constexpr const char* sign_key = "5T1cVrK7mPqX";
constexpr const char* marked = "Sign=a117ad7662ff54479cba2ac04210b756&T=32503680000";

// Sends the callbacks of these numbers, each until it is answered with 200, and looks each time
// whether what was answered so is in the database.
struct Sender {
  const Callbacks& setup;
  std::atomic<int> answered = 0;
  std::atomic<bool> over = false;
  std::thread thread;

  Sender(const Callbacks& its, int count)
      : setup(its), thread([this, count] {
          for (int i = 0; i < count && !over; ++i) {
            while (!over && !Callbacks::taken(setup.post(callback("task-" + std::to_string(i)))))
              std::this_thread::sleep_for(5ms);
            ++answered;
          }
        }) {}
  ~Sender() {
    over = true;
    if (thread.joinable()) thread.join();
  }
  void await(int count) const {
    for (int i = 0; i < 24'000 && answered < count; ++i) std::this_thread::sleep_for(5ms);
    REQUIRE(answered >= count);
  }
};

}  // namespace

TEST_CASE_METHOD(Callbacks, "with PUSH alone nothing is asked of the service, nor any credential") {
  simulate({"--generate", "20", "--hold-s", "0.2"});
  configure_push();
  auto process = daemon("run");
  await_log("receiving callbacks");
  CHECK_THAT(post(callback("a")), Contains("200 OK") && Contains("stored"));
  CHECK_THAT(post(callback("a")), Contains("redelivered"));
  std::this_thread::sleep_for(1500ms);  // longer than the loop may rest
  CHECK_THAT(post(callback("b")), Contains("stored"));
  end(process);
  CHECK(number("SELECT count(*) FROM events WHERE source = 'push' AND origin = 'unix'") == 2);
  CHECK(number("SELECT count(*) FROM unconfirmed") == 0);
  CHECK_THAT(log(), Contains("stopped reason=\"told to stop\" pulled=0") &&
                        Contains("received=2") && !Contains("credential"));
  CHECK(print("audit").status == 0);
  simulator->signal(SIGTERM);
  REQUIRE(simulator->wait(10s));
  std::ifstream file(ledger);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  CHECK_THAT(text, Contains("\"pulls\":0") || Contains("\"pulls\": 0"));
  CHECK_FALSE(std::filesystem::exists(socket));
}

TEST_CASE_METHOD(Callbacks, "pulled and pushed events come to one database") {
  simulate({"--generate", "2000", "--hold-s", "0.5", "--exit-when-drained"});
  configure_both();
  auto process = daemon("run");
  await_log("receiving callbacks");
  {
    const Sender sender(*this, 200);
    CHECK(simulator->wait(60s) == 0);
    sender.await(200);
  }
  end(process);
  CHECK(number("SELECT count(*) FROM events WHERE source = 'pull'") == 2000);
  CHECK(number("SELECT count(*) FROM events WHERE source = 'push'") == 200);
  CHECK(number("SELECT count(*) FROM unconfirmed") == 0);
  CHECK(print("audit").status == 0);
}

TEST_CASE_METHOD(Callbacks, "killed at any moment, what was answered with 200 is there",
                 "[killed]") {
  configure_push();
  const int count = 400;
  const Sender sender(*this, count);
  int kills = 0;
  for (; sender.answered < count && kills < 200; ++kills) {
    auto process = daemon("run");
    const int more = std::min(count, sender.answered + 1 + kills % 20);
    sender.await(more);
    const int answered = sender.answered;
    process.signal(SIGKILL);
    REQUIRE(process.wait(10s) == 128 + SIGKILL);
    REQUIRE(number("SELECT count(*) FROM events WHERE CAST(substr(task_id, 6) AS INTEGER) < " +
                   std::to_string(answered)) == answered);
  }
  CHECK(kills > 10);
  auto process = daemon("run");
  await_log("receiving callbacks");
  end(process);
  CHECK(number("SELECT count(DISTINCT task_id) FROM events") == count);
  CHECK(number("SELECT count(*) FROM events") == count);
  CHECK(print("audit").status == 0);
}

TEST_CASE_METHOD(Callbacks, "at SIGTERM who is in is answered, and the process ends") {
  configure_push();
  auto process = daemon("run");
  await_log("receiving callbacks");
  const Client within(address), silent(address);
  const std::string whole = e2e::request(callback("late"));
  within.send(whole.substr(0, whole.size() - 10));
  std::this_thread::sleep_for(100ms);
  process.signal(SIGTERM);
  await_log("stopping");
  within.send(whole.substr(whole.size() - 10));
  CHECK_THAT(answer_to(within), Contains("200 OK"));
  CHECK(process.wait(10s) == 0);  // the silent one has held it up for three seconds
  CHECK(number("SELECT count(*) FROM events") == 1);
}

TEST_CASE_METHOD(Callbacks, "SIGHUP takes another SignKey and path, or keeps both") {
  const std::string key = folder.write("sign-key", sign_key);
  const std::string section = "sign_key_file = \"" + key + "\"\n";
  configure_push();
  auto process = daemon("run");
  await_log("receiving callbacks");
  CHECK_THAT(post(callback("a")), Contains("200 OK"));
  configure_push(section + "path = \"/in\"\n");
  process.signal(SIGHUP);
  await_log("changed=receiver.path,receiver.sign_key_file");
  CHECK_THAT(post(callback("b")), Contains("404"));
  CHECK_THAT(post(callback("b"), "/in"), Contains("403"));
  CHECK_THAT(post(callback("b"), std::string("/in?") + marked), Contains("200 OK"));
  folder.write("sign-key", "");
  process.signal(SIGHUP);
  await_log("kept configuration and credential");
  CHECK_THAT(post(callback("c"), std::string("/in?") + marked), Contains("200 OK"));
  folder.write("sign-key", "rotated");
  process.signal(SIGHUP);
  for (int i = 0; i < 100; ++i) {
    if (post(callback("c"), std::string("/in?") + marked).find("403") != std::string::npos) break;
    std::this_thread::sleep_for(20ms);
  }
  CHECK_THAT(post(callback("c"), std::string("/in?") + marked), Contains("403"));
  CHECK_THAT(log(), !Contains(sign_key) && !Contains("rotated"));
  end(process);
}

TEST_CASE_METHOD(Callbacks, "pulling stops and begins by SIGHUP, with a credential only") {
  simulate({"--generate", "100", "--hold-s", "0.2"});
  configure_push();
  auto process = daemon("run");
  await_log("receiving callbacks");
  const std::string off = "max_pulls_in_flight = 0\n";
  const auto rewrite = [&](const std::string& poll, bool credential) {
    std::ofstream file(folder / "vodeventd.toml");
    file << "[api]\nendpoint = \"" << url << "\"\n[store]\npath = \"" << database << "\"\n[poll]\n"
         << poll << "[receiver]\nlisten = \"" << address << "\"\n";
    if (credential)
      file << "[credentials]\nsecret_id = \"test-id\"\nsecret_key_file = \""
           << folder.write("secret-key", "test-key") << "\"\n";
  };
  rewrite("", false);
  process.signal(SIGHUP);
  await_log("no credential found");
  CHECK_THAT(post(callback("a")), Contains("200 OK"));
  rewrite("", true);
  process.signal(SIGHUP);
  for (int i = 0; i < 400 && number("SELECT count(confirmed_at) FROM events") < 101; ++i)
    std::this_thread::sleep_for(20ms);
  CHECK(number("SELECT count(confirmed_at) FROM events") == 101);
  address = "";
  rewrite(off, true);
  process.signal(SIGHUP);
  await_log("there is nothing to do");  // and all goes on as before
  address = "unix:" + socket;
  rewrite(off, true);
  process.signal(SIGHUP);
  end(process);
}

TEST_CASE_METHOD(Callbacks, "a socket that the service manager keeps outlives restarts unnoticed") {
  const httpd::Listener kept("127.0.0.1:0");
  address = "systemd";
  configure_push();
  address = kept.address();
  const base::Descriptor passed(dup(kept.descriptor()));  // without close-on-exec
  const auto start = [&] {
    return std::make_unique<support::Process>(support::Process::Command{
        .arguments = {"sh", "-c",
                      "LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=receiver exec \"$@\" 3<&" +
                          std::to_string(passed.get()),
                      "sh", BINARIES "/vodeventd", "--config", folder / "vodeventd.toml", "run"},
        .environment = {"JOURNAL_STREAM="},
        .out_file = {},
        .err_file = folder / "daemon.log",
        .folder = {}});
  };
  auto process = start();
  await_log("receiving callbacks address=127.0.0.1:");
  int refused = 0, unanswered = 0;
  std::atomic<bool> over = false;
  std::thread sender([&] {
    for (int i = 0; !over; ++i) {
      try {
        const Client client(address);
        client.send(e2e::request(callback("task-" + std::to_string(i))));
        unanswered += !taken(answer_to(client));
      } catch (const std::system_error&) {
        ++refused;
      }
    }
  });
  for (int i = 0; i < 5; ++i) {
    std::this_thread::sleep_for(200ms);
    end(*process);
    process = start();
    await_log("receiving callbacks");
  }
  over = true;
  sender.join();
  end(*process);
  CHECK(refused == 0);
  CHECK(unanswered == 0);
  CHECK(number("SELECT count(*) FROM events") > 50);
}

TEST_CASE_METHOD(Callbacks,
                 "an address that is taken is got when it is free, and pulling goes on") {
  simulate({"--generate", "40", "--hold-s", "0.2"});
  auto other = std::make_unique<httpd::Listener>("127.0.0.1:0");
  address = other->address();
  configure_both();
  auto process = daemon("run");
  await_log("could not listen for callbacks");
  await_log("stored events=");
  other.reset();
  for (int i = 0; i < 200 && log().find("receiving callbacks") == std::string::npos; ++i)
    std::this_thread::sleep_for(50ms);
  CHECK_THAT(post(callback("a")), Contains("200 OK"));
  end(process);
}

TEST_CASE_METHOD(Callbacks, "what can't work ends the start with 78") {
  const auto refused = [&](const std::string& verb, const std::string& words) {
    auto process = daemon(verb);
    CHECK(process.wait(10s) == 78);
    CHECK_THAT(log(), Contains(words));
  };
  configure_push();
  refused("drain", "there is nothing to drain");
  address = "0.0.0.0:0";
  configure_push();
  refused("run", "anyone could have his own stored");
  address = "systemd";
  configure_push();
  refused("run", "receiver.listen is systemd, and the service manager has handed over no socket");
  address = "";
  configure_push();
  refused("run", "there is nothing to do");
  address = "unix:" + socket;
  configure_push("sign_key_file = \"/nonexistent/key\"\n");
  refused("run", "/nonexistent/key");
}
