// Metrics of the running daemon, as Prometheus gets them: the page against the database, the rules
// and the dashboard against the page.
#include "e2e/setup.h"
#include "httpd/client.h"

#include <signal.h>

#include <catch2/catch.hpp>
#include <cctype>
#include <filesystem>
#include <iterator>
#include <set>
#include <sstream>
#include <string_view>

namespace {

using namespace std::chrono_literals;
using Catch::Contains;

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The value of a line of a page; "missing" when there is none.
std::string value(const std::string& page, const std::string& metric) {
  const std::size_t at = ("\n" + page).find("\n" + metric + ' ');
  if (at == std::string::npos) return "missing";
  const std::size_t begin = at + metric.size() + 1;
  return page.substr(begin, page.find('\n', begin) - begin);
}

// Names of metrics that a text speaks of.
std::set<std::string> names_in(const std::string& text) {
  std::set<std::string> names;
  for (const std::string_view prefix : {"vodeventd_", "process_"})
    for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at)) {
      const std::size_t end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_", at);
      if (at == 0 || !std::isalnum(static_cast<unsigned char>(text[at - 1])))
        names.insert(text.substr(at, end - at));
      at = end;
    }
  return names;
}

std::string promtool(const e2e::Arguments& words, const std::string& input = "/dev/null") {
  e2e::Arguments arguments = {"sh", "-c", "exec promtool \"$@\" <\"$0\" 2>&1", input};
  arguments.insert(arguments.end(), words.begin(), words.end());
  support::Process tool(arguments);
  const auto status = tool.wait(30s);
  return "status " + (status ? std::to_string(*status) : "none") + '\n' + tool.out();
}

struct Setup : e2e::Setup {
  std::string socket = folder / "metrics.sock";
  std::string textfile = folder / "vodeventd.prom";

  std::string section() const {
    return "[metrics]\nlisten = \"unix:" + socket + "\"\ntextfile = \"" + textfile +
           "\"\ntextfile_interval_s = 5\n";
  }
  std::string scrape(const std::string& path = "/metrics") const {
    const httpd_test::Client client("unix:" + socket);
    client.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    std::string reply;
    char buffer[4096];
    for (ssize_t count; (count = recv(client.descriptor(), buffer, sizeof buffer, 0)) > 0;)
      reply.append(buffer, static_cast<std::size_t>(count));
    const std::size_t body = reply.find("\r\n\r\n");
    REQUIRE_THAT(reply, Catch::StartsWith("HTTP/1.1 200 OK\r\n"));
    return reply.substr(body + 4);
  }
  // The page, once it says this.
  std::string await(const std::string& metric, const std::string& wanted) const {
    std::string page;
    for (int i = 0; i < 400; ++i) {
      page = scrape();
      if (value(page, metric) == wanted) return page;
      std::this_thread::sleep_for(100ms);
    }
    FAIL(metric << " is " << value(page, metric) << ", not " << wanted);
    return page;
  }
  std::string counted(const std::string& column) const {
    return std::to_string(number("SELECT " + column + " FROM counters"));
  }
};

// Sockets of a process on which connections are accepted.
int listening(pid_t process) {
  std::set<std::string> inodes;
  const std::string folder = "/proc/" + std::to_string(process) + "/fd";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::error_code gone;
    const std::string target = std::filesystem::read_symlink(entry.path(), gone);
    if (target.starts_with("socket:[")) inodes.insert(target.substr(8, target.size() - 9));
  }
  int count = 0;
  const auto look = [&](const char* table, std::size_t state, const char* listens,
                        std::size_t inode) {
    std::istringstream lines(text_of(table));
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      const std::vector<std::string> word{std::istream_iterator<std::string>(words), {}};
      if (word.size() > inode && word[state] == listens && inodes.contains(word[inode])) ++count;
    }
  };
  look("/proc/net/tcp", 3, "0A", 9);
  look("/proc/net/tcp6", 3, "0A", 9);
  look("/proc/net/unix", 3, "00010000", 6);
  return count;
}

}  // namespace

TEST_CASE_METHOD(Setup, "what a drain did is on the page as it is in the database", "[metrics]") {
  simulate({"--generate", "2000", "--hold-s", "0.5", "--redeliver", "5", "--lose", "lease",
            "--lease-s", "2", "--exit-when-drained"});
  configure(section());
  auto process = daemon("run");
  await_log("started");
  REQUIRE(simulator->wait(60s) == 0);  // all is confirmed: from now on the numbers stand
  const std::string page = await("vodeventd_events_pulled_total", counted("pulled"));
  CHECK(value(page, "vodeventd_events_stored_total") == "2000");
  CHECK(value(page, "vodeventd_events_redelivered_total{handle=\"new\"}") != "0");
  CHECK(value(page, "vodeventd_confirm_failures_total{error_class=\"handle_refused\"}") != "0");
  const auto check = [&](const char* metric, const char* column) {
    INFO(metric);
    CHECK(value(page, metric) == counted(column));
  };
  check("vodeventd_events_pulled_total", "pulled");
  check("vodeventd_events_stored_total", "stored");
  check("vodeventd_events_redelivered_total{handle=\"same\"}", "redelivered");
  check("vodeventd_events_redelivered_total{handle=\"new\"}", "relinked");
  check("vodeventd_events_quarantined_total", "quarantined");
  CHECK(value(page, "vodeventd_event_store_delay_seconds_count") == counted("pulled"));
  CHECK(value(page, "vodeventd_event_store_delay_seconds_bucket{le=\"28\"}") == counted("pulled"));
  CHECK(value(page, "vodeventd_store_failing") == "0");
  CHECK(std::stod(value(page, "vodeventd_backlog_age_seconds")) < 120);
  CHECK(scrape("/healthz") == "ok\n");

  folder.write("page", page);
  CHECK(promtool({"check", "metrics"}, folder / "page") == "status 0\n");
  process.signal(SIGTERM);
  REQUIRE(process.wait(15s) == 0);
  CHECK_FALSE(std::filesystem::exists(socket));
  CHECK(promtool({"check", "metrics"}, textfile) == "status 0\n");
  const std::string last = text_of(textfile);
  CHECK(value(last, "vodeventd_events_stored_total") == counted("stored"));
  CHECK(value(last, "vodeventd_events_confirmed_total") ==
        value(page, "vodeventd_events_confirmed_total"));
}

TEST_CASE_METHOD(Setup, "every metric that rules, dashboard and README speak of is on the page",
                 "[metrics]") {
  simulate({"--generate", "40", "--hold-s", "0.5"});
  configure(section() + "\n[receiver]\nlisten = \"unix:" + (folder / "callbacks") + "\"\n");
  auto process = daemon("run");
  await_log("started");
  await("vodeventd_events_confirmed_total", "40");
  const std::string page = await("vodeventd_backlog_events", "0");
  const std::set<std::string> known = names_in(page);
  for (const char* file : {"systemd/examples/vodeventd-alerts.yml",
                           "systemd/examples/vodeventd-dashboard.json", "README.md"}) {
    int spoken_of = 0;
    for (const std::string& name : names_in(text_of(std::string(SOURCE) + '/' + file))) {
      CAPTURE(file, name);
      CHECK(known.contains(name));
      ++spoken_of;
    }
    CHECK(spoken_of > 5);
  }
  process.signal(SIGTERM);
  CHECK(process.wait(15s) == 0);
}

TEST_CASE("the alert rules are sound and fire when they should", "[metrics]") {
  CHECK_THAT(promtool({"check", "rules", SOURCE "/systemd/examples/vodeventd-alerts.yml"}),
             Catch::StartsWith("status 0\n") && Contains("9 rules found"));
  CHECK_THAT(promtool({"test", "rules", SOURCE "/tests/e2e/alerts_test.yml"}),
             Catch::StartsWith("status 0\n"));
}

TEST_CASE_METHOD(Setup, "nothing listens unless it is told to, and silent clients change nothing",
                 "[metrics]") {
  simulate({"--generate", "500", "--arrive", "100/s", "--hold-s", "0.5"});
  configure();
  {
    auto process = daemon("run");
    await_log("stored events=");
    CHECK(listening(process.pid()) == 0);
    process.signal(SIGTERM);
    REQUIRE(process.wait(15s) == 0);
  }
  configure(section());
  auto process = daemon("run");
  for (int i = 0; i < 100 && !std::filesystem::exists(socket); ++i)
    std::this_thread::sleep_for(50ms);
  CHECK(listening(process.pid()) == 1);
  std::vector<httpd_test::Client> silent;
  for (int i = 0; i < 100; ++i) silent.emplace_back("unix:" + socket);
  CHECK_THAT(scrape(), Contains("\nvodeventd_events_stored_total "));
  while (number("SELECT count(*) FROM events") < 500) std::this_thread::sleep_for(100ms);
  process.signal(SIGTERM);
  CHECK(process.wait(15s) == 0);
}

TEST_CASE_METHOD(
    Setup,
    "an address that is not for this machine alone ends the start, one that is taken is told",
    "[metrics]") {
  simulate({"--generate", "20", "--hold-s", "0.5"});
  configure("[metrics]\nlisten = \"0.0.0.0:9100\"\n");
  {
    auto process = daemon("run");
    CHECK(process.wait(10s) == 78);
    CHECK_THAT(log(), Contains("metrics.listen must be 127.0.0.1:PORT"));
  }
  folder.write("metrics.sock", "a file of someone else's");
  configure(section());
  auto process = daemon("run");
  await_log("could not serve the metrics");
  CHECK_THAT(log(), Contains("in use"));
  await_log("stored events=");
  process.signal(SIGTERM);
  CHECK(process.wait(15s) == 0);
}
