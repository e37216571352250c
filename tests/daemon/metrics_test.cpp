// What the page of metrics says, and how the service is asked how much waits.
#include "daemon/metrics.h"

#include "daemon/process.h"
#include "httpd/client.h"
#include "relay/played.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <charconv>
#include <memory>
#include <set>
#include <sstream>
#include <string>

namespace {

using namespace std::chrono_literals;
using Catch::Contains;
using played::event;
using played::ok;
using played::reply;
using vodeventd::Reader;

// As Prometheus reads it, whatever the locale.
double measure(const std::string& text) {
  double result = 0;
  std::from_chars(text.data(), text.data() + text.size(), result);
  return result;
}

std::string error(const std::string& code) {
  return R"({"Response":{"Error":{"Code":")" + code + R"(","Message":""},"RequestId":"x"}})";
}

struct Fixture : played::Daemon {
  http::CurlTransport curl{clock, {}, {}};
  vodeventd::QueueCount queue{client, driver};
  vodeventd::Config config;
  std::unique_ptr<vodeventd::Reception> reception;

  Fixture() {
    driver.on_other([this](const vod::Answer& answer) { queue.take(answer, clock.now()); });
  }
  std::string page(Reader reader = Reader::asker) {
    if (!reception) reception = std::make_unique<vodeventd::Reception>(config, clock, log);
    const vodeventd::Measured measured{machine, driver, inbox, *reception,
                                       curl,    queue,  clock, clock.utc()};
    return vodeventd::metrics_page(measured, reader);
  }
  // The value of a line, as text; "missing" when there is none.
  std::string value(const std::string& metric) {
    std::istringstream text(page());
    for (std::string line; std::getline(text, line);)
      if (line.starts_with(metric + ' ')) return line.substr(metric.size() + 1);
    return "missing";
  }
  // Answers the newest pull, and lets a second pass.
  void pulls_give(const std::string& body) {
    driver.turn();
    transport.reply(calls("PullEvents").back(), body);
    driver.turn();
    clock.advance(1s);
    queue.tick(clock.now());
  }
  std::string full() {
    std::string events;
    for (int i = 0; i < 16; ++i, ++handles_)
      events +=
          (i ? "," : "") + event("h" + std::to_string(handles_), "t" + std::to_string(handles_));
    return reply(events);
  }
  void say(int waiting) {
    transport.reply(calls("DescribeEventsState").back(), R"({"Response":{"CountOfEventsToPull":)" +
                                                             std::to_string(waiting) +
                                                             R"(,"RequestId":"x"}})");
    driver.turn();
  }

 private:
  int handles_ = 0;
};

const std::string empty = R"({"Response":{"EventSet":null,"RequestId":"pull-1"}})";

}  // namespace

TEST_CASE_METHOD(Fixture, "a page before anything happened has every counter at 0, and no moment") {
  CHECK(value("vodeventd_pulls_total{outcome=\"failed\"}") == "0");
  CHECK(value("vodeventd_events_confirmed_total") == "0");
  for (const vod::ClassRow& row : vod::error_classes()) {
    std::string label(row.name);
    std::replace(label.begin(), label.end(), ' ', '_');
    CAPTURE(label);
    CHECK(value("vodeventd_pull_failures_total{error_class=\"" + label + "\"}") == "0");
    CHECK(value("vodeventd_confirm_failures_total{error_class=\"" + label + "\"}") == "0");
  }
  CHECK_THAT(page(), !Contains("vodeventd_last_") && !Contains("vodeventd_backlog_events ") &&
                         !Contains("vodeventd_lease_headroom_seconds "));
  CHECK(value("vodeventd_build_info{version=\"" VODEVENTD_VERSION "\"}") == "1");
}

TEST_CASE_METHOD(Fixture, "events, confirms and failures are told as they were") {
  pulls_give(reply(event("h1", "t1") + ",7," + event("h1", "t1")));
  driver.turn();
  transport.reply(calls("ConfirmEvents").at(0), error("UnauthorizedOperation"));
  pulls_give(error("InternalError"));
  CHECK(value("vodeventd_pulls_total{outcome=\"events\"}") == "1");
  CHECK(value("vodeventd_pulls_total{outcome=\"failed\"}") == "1");
  CHECK(value("vodeventd_pull_failures_total{error_class=\"transient\"}") == "1");
  CHECK(value("vodeventd_pull_consecutive_failures") == "1");
  CHECK(value("vodeventd_events_pulled_total") == "3");
  CHECK(value("vodeventd_events_stored_total") == "1");
  CHECK(value("vodeventd_events_redelivered_total{handle=\"same\"}") == "1");
  CHECK(value("vodeventd_events_quarantined_total") == "1");
  CHECK(value("vodeventd_confirm_failures_total{error_class=\"permission\"}") == "1");
  CHECK(value("vodeventd_events_unconfirmed") == "1");
  CHECK(value("vodeventd_confirms_waiting") == "1");
  CHECK(value("vodeventd_last_store_timestamp_seconds") != "missing");
  CHECK(value("vodeventd_last_confirm_timestamp_seconds") == "missing");
  CHECK(measure(value("vodeventd_database_wal_bytes")) > 4096);
}

TEST_CASE_METHOD(Fixture, "callbacks are told where they are received, and only there") {
  CHECK_THAT(page(), !Contains("vodeventd_callback") && !Contains("vodeventd_receiving"));
  config.receiver.listen = "unix:" + *folder / "receiver.sock";
  config.receiver.path = "/in";
  reception = std::make_unique<vodeventd::Reception>(config, clock, log);
  CHECK(value("vodeventd_receiving") == "0");
  CHECK_THAT(page(), !Contains("vodeventd_callback"));
  reception->open(inbox);
  CHECK(value("vodeventd_receiving") == "1");
  const auto post = [&](const std::string& path, const std::string& body) {
    const httpd_test::Client sender(config.receiver.listen);
    sender.send("POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " +
                std::to_string(body.size()) + "\r\n\r\n" + body);
    httpd_test::read_all(
        reception->descriptors().at(0), [&] { reception->turn(); }, sender);
  };
  for (const char* body : {R"({"EventType":"FileDeleted"})", R"({"EventType":"FileDeleted"})", "7"})
    post("/in", body);
  post("/out", "{}");
  CHECK(value("vodeventd_callbacks_total{outcome=\"stored\"}") == "1");
  CHECK(value("vodeventd_callbacks_total{outcome=\"redelivered\"}") == "1");
  CHECK(value("vodeventd_callbacks_total{outcome=\"quarantined\"}") == "1");
  CHECK(value("vodeventd_callbacks_total{outcome=\"failed\"}") == "0");
  CHECK(value("vodeventd_callbacks_refused_total{reason=\"path\"}") == "1");
  CHECK(value("vodeventd_callbacks_refused_total{reason=\"signature\"}") == "0");
  CHECK(value("vodeventd_callback_answer_duration_seconds_count") == "3");
  CHECK(value("vodeventd_events_stored_total") == "0");  // that is what was pulled
  CHECK(value("vodeventd_store_failing") == "0");
}

TEST_CASE_METHOD(Fixture,
                 "where nothing is pulled no backlog is told, which nobody would shorten") {
  CHECK(value("vodeventd_backlog_age_seconds") != "missing");
  machine.pace(0, 0ms);
  CHECK_THAT(page(), !Contains("vodeventd_backlog_"));
}

TEST_CASE_METHOD(Fixture, "a back-off is told until it is over") {
  pulls_give(error("UnauthorizedOperation"));
  CHECK(measure(value("vodeventd_pull_backoff_seconds")) == Approx(59));
  clock.advance(60s);
  CHECK(value("vodeventd_pull_backoff_seconds") == "0");
}

TEST_CASE_METHOD(Fixture, "names are unique, end in their unit, and have a HELP line") {
  pulls_give(reply(event("h1", "t1")));
  driver.turn();
  transport.reply(calls("ConfirmEvents").at(0), ok);
  driver.turn();
  std::set<std::string> names;
  std::istringstream text(page());
  for (std::string line; std::getline(text, line);)
    if (line.starts_with("# HELP ")) {
      const std::string name = line.substr(7, line.find(' ', 7) - 7);
      CAPTURE(line);
      CHECK(names.insert(name).second);
      CHECK((name.starts_with("vodeventd_") || name.starts_with("process_")));
      CHECK(line.size() > name.size() + 12);
    }
  CHECK(names.size() > 40);
  CHECK(page().find("_ms") == std::string::npos);
}

TEST_CASE_METHOD(Fixture, "the collector's page has no name that the collector has itself") {
  std::istringstream text(page(Reader::collector));
  int count = 0;
  for (std::string line; std::getline(text, line); ++count)
    if (!line.starts_with('#')) CHECK_THAT(line, Catch::StartsWith("vodeventd_"));
  CHECK(count > 100);
  CHECK_THAT(page(Reader::asker), Contains("\nprocess_resident_memory_bytes "));
}

TEST_CASE_METHOD(Fixture, "numbers of the process are those of the process") {
  CHECK(measure(value("process_resident_memory_bytes")) > 1e6);
  CHECK(measure(value("process_virtual_memory_bytes")) >=
        measure(value("process_resident_memory_bytes")));
  CHECK(measure(value("process_open_fds")) >= 3);
  CHECK(measure(value("process_max_fds")) >= measure(value("process_open_fds")));
  CHECK(measure(value("process_cpu_seconds_total")) > 0);
  base::SystemClock real;
  const auto age = real.utc() - vodeventd::started_at(real);
  CHECK(age >= 0s);
  CHECK(age < 1h);
}

TEST_CASE_METHOD(Fixture, "the service is asked once a minute, only while replies come full") {
  pulls_give(empty);
  clock.advance(5s);
  pulls_give(reply(event("h", "t")));
  CHECK(calls("DescribeEventsState").empty());
  CHECK(value("vodeventd_backlog_events") == "0");
  CHECK(value("vodeventd_backlog_drain_seconds") == "0");
  for (int i = 0; i < 10; ++i) pulls_give(full());
  REQUIRE(calls("DescribeEventsState").size() == 1);
  CHECK(value("vodeventd_backlog_events") == "missing");
  say(6000);
  CHECK(value("vodeventd_backlog_events") == "6000");
  CHECK(value("vodeventd_backlog_drain_seconds") == "missing");
  for (int i = 0; i < 60; ++i) clock.advance(1s), queue.tick(clock.now());
  REQUIRE(calls("DescribeEventsState").size() == 2);
  const auto between = 61.0;
  say(4000);
  CHECK(measure(value("vodeventd_backlog_drain_seconds")) == Approx(2 * between).epsilon(0.2));
  for (int i = 0; i < 61; ++i) clock.advance(1s), queue.tick(clock.now());
  say(9000);
  CHECK(value("vodeventd_backlog_drain_seconds") == "+Inf");
  clock.advance(4min);
  CHECK(value("vodeventd_backlog_events") == "missing");
}

TEST_CASE_METHOD(Fixture, "where the key may not ask, it is not asked again for an hour") {
  pulls_give(full());
  REQUIRE(calls("DescribeEventsState").size() == 1);
  transport.reply(calls("DescribeEventsState").back(), error("UnauthorizedOperation"));
  driver.turn();
  for (int i = 0; i < 3590; ++i) clock.advance(1s), queue.tick(clock.now());
  CHECK(calls("DescribeEventsState").size() == 1);
  CHECK(value("vodeventd_backlog_events") == "missing");
  for (int i = 0; i < 20; ++i) clock.advance(1s), queue.tick(clock.now());
  CHECK(calls("DescribeEventsState").size() == 2);
}

TEST_CASE_METHOD(Fixture, "while the database can't be read the rest of the page stands") {
  inbox.database().run("ALTER TABLE events RENAME TO elsewhere");
  CHECK(value("vodeventd_events_unconfirmed") == "missing");
  CHECK(value("vodeventd_store_failing") == "0");
  CHECK_THAT(page(), Contains("\nvodeventd_build_info{"));
}
