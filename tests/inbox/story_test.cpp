#include "inbox/story.h"

#include "fixture.h"

#include <catch2/catch.hpp>

using namespace inbox_fixture;

namespace {

std::string told(const inbox::Story& story) {
  std::string text;
  for (const inbox::Step& step : story.steps)
    text += step.what + ' ' + step.handle + (step.code.empty() ? "" : ' ' + step.code) + '\n';
  return text;
}

struct Told : Fixture {
  std::vector<inbox::Story> of(const std::string& key) {
    return inbox::stories(inbox.database(), key, 10);
  }
  Outcome save_now(Arrival one) {
    one.received_at = clock.utc();
    return save(one);
  }
  void confirm_with(const std::string& handle, inbox::Confirm outcome, const std::string& code) {
    clock.advance(std::chrono::hours(1));
    inbox.confirm_sent({&handle, 1});
    inbox.confirm_done({&handle, 1}, outcome, code, "request");
    inbox.flush();
  }
};

}  // namespace

TEST_CASE_METHOD(Told, "the story of an event is found by handle, TaskId and FileId") {
  Arrival one = arrival("h1", "a");
  one.file_id = "14508071098244931831";
  save_now(one);
  for (const char* key : {"h1", "task-a", "14508071098244931831"}) {
    const auto stories = of(key);
    REQUIRE(stories.size() == 1);
    CHECK(stories[0].event_type == "ConcatComplete");
    CHECK(stories[0].state == inbox::Story::State::unconfirmed);
    CHECK(told(stories[0]) == "pulled h1\nstored as row 1 h1\n");
  }
  CHECK(of("h2").empty());
}

TEST_CASE_METHOD(Told, "the story tells each delivery and each attempt to confirm") {
  save_now(arrival("h1"));
  confirm_with("h1", inbox::Confirm::refused, "InvalidParameterValue");
  clock.advance(std::chrono::minutes(1));
  save_now(arrival("h1"));
  clock.advance(std::chrono::minutes(1));
  save_now(arrival("h2"));
  confirm_with("h2", inbox::Confirm::confirmed, "");
  const auto stories = of("h1");
  REQUIRE(stories.size() == 1);
  CHECK(stories[0].state == inbox::Story::State::confirmed);
  CHECK(told(stories[0]) ==
        "pulled h1\nstored as row 1 h1\nconfirm refused h1 InvalidParameterValue\n"
        "delivered again h1\npulled h2\nstored as row 2, a redelivery of row 1 h2\nsettled "
        "h1\nconfirmed h2\n");
  CHECK(stories[0].steps.back().request_id == "request");
}

TEST_CASE_METHOD(Told, "a confirm that was not answered leaves the state unknown") {
  save(arrival("h1"));
  confirm_with("h1", inbox::Confirm::unknown, "timeout");
  CHECK(of("h1").at(0).state == inbox::Story::State::unknown);
}

TEST_CASE_METHOD(Told, "what stands in quarantine has a story too") {
  Arrival odd = arrival("h9");
  odd.unreadable = "EventType is missing";
  save(odd);
  save(odd);
  const auto stories = of("h9");
  REQUIRE(stories.size() == 1);
  CHECK(stories[0].state == inbox::Story::State::quarantined);
  CHECK(stories[0].remarks == "EventType is missing");
  CHECK(told(stories[0]) ==
        "pulled h9\nput in quarantine as row 1 h9\ndelivered again 1 times h9\n");
}

TEST_CASE_METHOD(Told, "what is left of an event whose first delivery was deleted is told") {
  save_now(arrival("h1"));
  clock.advance(std::chrono::minutes(1));
  save_now(arrival("h2"));
  inbox.database().run("DELETE FROM events WHERE event_handle = 'h1'");
  const auto stories = of("h2");
  REQUIRE(stories.size() == 1);
  CHECK(told(stories[0]) == "pulled h2\nstored as row 2, a redelivery of row 1 h2\n");
}

TEST_CASE_METHOD(Told, "what was pushed says by whom, and needs no confirm") {
  save(pushed(clock.utc()));
  clock.advance(std::chrono::minutes(1));
  save(pushed(clock.utc()));
  const std::string key = text("SELECT event_handle FROM events");
  const auto stories = of("task-a");
  REQUIRE(stories.size() == 1);
  CHECK(stories[0].state == inbox::Story::State::settled);
  CHECK(told(stories[0]) == "pushed by 192.0.2.7 " + key + "\nstored as row 1 " + key +
                                "\ndelivered again " + key + '\n');
}

TEST_CASE_METHOD(Told, "what was imported says from where, and when it was pulled after that") {
  Arrival one = imported("h1");
  one.received_at = clock.utc();
  SECTION("from standard input") {
    one.origin = "-";
    save(one);
    CHECK(told(of("h1").at(0)) == "imported from standard input h1\nstored as row 1 h1\n");
  }
  SECTION("from a file") {
    save(one);
    clock.advance(std::chrono::minutes(1));
    save_now(arrival("h1"));
    confirm_with("h1", inbox::Confirm::confirmed, "");
    CHECK(told(of("h1").at(0)) ==
          "imported from old.jsonl h1\nstored as row 1 h1\ndelivered again h1\n"
          "confirmed again h1\n");
    CHECK(of("h1").at(0).state == inbox::Story::State::settled);
  }
  SECTION("to quarantine") {
    one.unreadable = "EventType is missing";
    save(one);
    CHECK(told(of("h1").at(0)) == "imported from old.jsonl h1\nput in quarantine as row 1 h1\n");
  }
}
