// An inbox in a folder of its own, and arrivals for it.
#pragma once

#include "inbox/audit.h"
#include "inbox/inbox.h"
#include "support/fake_clock.h"
#include "support/temp_folder.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <string>

namespace inbox_fixture {

using inbox::Arrival;
using inbox::Inbox;
using inbox::Outcome;

inline const base::Utc now =
    std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());

// Each comes half a minute after the one before, as a redelivery would.
inline Arrival arrival(const std::string& handle, const std::string& content = "a") {
  static base::Utc time = now - std::chrono::hours(1);
  time += std::chrono::seconds(30);
  Arrival result;
  result.handle = handle;
  result.event_type = "ConcatComplete";
  result.type_known = true;
  result.task_id = "task-" + content;
  result.json = R"({"EventHandle":")" + handle + R"(","EventType":"ConcatComplete"})";
  result.fingerprint = content;
  result.fingerprint.resize(32, 'f');
  result.received_at = time;
  result.request_id = "pull-request";
  return result;
}

// The same event as a callback brings it: without its handle, and whenever the test says.
inline Arrival pushed(base::Utc received_at, const std::string& content = "a") {
  Arrival result = arrival("", content);
  result.source = inbox::Source::push;
  result.origin = "192.0.2.7";
  result.json = R"({"EventType":"ConcatComplete"})";
  result.received_at = received_at;
  result.request_id = "";
  return result;
}

// As a file has it, of a reply with its handle or of a callback without.
inline Arrival imported(const std::string& handle, const std::string& content = "a") {
  Arrival result = arrival(handle, content);
  result.source = inbox::Source::import;
  result.origin = "old.jsonl";
  return result;
}

struct Fixture {
  support::TempFolder folder;
  support::FakeClock clock;
  std::string path = (folder / "events.db");
  Inbox inbox{path, 1500000001, clock};

  Outcome save(const Arrival& one) { return inbox.save({&one, 1}).outcomes.at(0); }
  void confirm(const std::string& handle, inbox::Confirm outcome = inbox::Confirm::confirmed) {
    inbox.confirm_sent({&handle, 1});
    inbox.confirm_done({&handle, 1}, outcome, "", "confirm-request");
    inbox.flush();
  }
  std::int64_t number(const std::string& query) { return inbox.database().number(query); }
  std::string text(const std::string& query) { return inbox.database().text(query); }
  std::string counters() {
    return text(
        "SELECT pulled || ' ' || stored || ' ' || relinked || ' ' || redelivered || ' ' ||"
        " quarantined || ' ' || conflicts || ' ' || confirmed FROM counters");
  }
  // All of its rules hold.
  void check_audit() {
    for (const inbox::Finding& finding : inbox::audit(inbox.database(), {})) {
      INFO(finding.sentence);
      CHECK(finding.exceptions == 0);
    }
  }
};

}  // namespace inbox_fixture
