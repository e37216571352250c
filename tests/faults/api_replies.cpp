// Faults 29 to 31: replies that are not what the documents promise.
#include "faults/api.h"

namespace {

using namespace std::chrono_literals;
using Catch::Contains;
using faults::Arguments;

std::string event(const std::string& handle, const std::string& task) {
  return R"({"EventHandle":")" + handle +
         R"(","EventType":"ConcatComplete","ConcatCompleteEvent":{"TaskId":")" + task + R"("}})";
}

struct Replies : faults::Api {
  // A queue of exactly these elements, which come with the handles that stand in them.
  void serve_elements(const std::string& elements, const Arguments& more = {}) {
    const std::string file =
        folder.write("events.json", "{\"Response\":{\"EventSet\":[" + elements + "]}}");
    Arguments arguments = {"--events",  file,     "--keep-handles", "--lease-s", "1",
                           "--witness", database, "--hold-s",       "0.5",       "--handles",
                           "same"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    simulate(arguments);
    configure();
    start();
  }
  void await_row(const std::string& query) const {
    for (int i = 0; i < 600 && number(query) == 0; ++i) std::this_thread::sleep_for(20ms);
    REQUIRE(number(query) > 0);
  }
  // What an operator does after a look.
  void empty_quarantine() const {
    sqlite::Database writer(database, sqlite::Database::Mode::read_write);
    writer.run("DELETE FROM quarantine");
  }
};

}  // namespace

TEST_CASE_METHOD(Replies, "fault 29: a reply with more than 16 events is taken whole", "[api]") {
  queue(100, {"--events-per-pull", "100"});
  run_until_confirmed(100);
  CHECK(total("pulls") - total("pulls_empty") == 1);
  CHECK(total("confirms") == 7);
}

TEST_CASE_METHOD(Replies,
                 "fault 29: a handle that comes twice in a reply is stored once and confirmed",
                 "[api]") {
  SECTION("with the same content it is a redelivery") {
    serve_elements(event("h1", "t1") + ',' + event("h1", "t1"));
    await_confirmed(2);
    end();
    CHECK(number("SELECT count(*) FROM events") == 1);
    CHECK(number("SELECT pull_count FROM events") == 2);
    CHECK(number("SELECT count(*) FROM quarantine") == 0);
  }
  SECTION("with another content both are kept, and that is critical") {
    serve_elements(event("h1", "t1") + ',' + event("h1", "t2"));
    await_confirmed(2);
    end();
    CHECK(number("SELECT count(*) FROM events WHERE task_id = 't1'") == 1);
    CHECK(number("SELECT count(*) FROM quarantine WHERE CAST(raw AS TEXT) LIKE '%t2%'") == 1);
    CHECK_THAT(log(), Contains("<2>quarantined: the handle of a stored event came with another"));
  }
  CHECK(total("confirms") == 1);
}

TEST_CASE_METHOD(Replies, "fault 29: an event without a handle is kept, told, and never confirmed",
                 "[api]") {
  serve_elements(event("", "t1") + ',' + event("h2", "t2") + R"(,{"EventType":"ConcatComplete"})");
  await_logged("stored events=");
  await_row("SELECT count(*) FROM quarantine WHERE pull_count > 1");
  end();
  CHECK(number("SELECT count(*) FROM events WHERE confirmed_at IS NOT NULL") == 1);
  CHECK(number("SELECT count(*) FROM quarantine WHERE event_handle IS NULL") == 2);
  CHECK(logged("<2>quarantined, without a handle to confirm it by reason=\"EventHandle is missing "
               "or empty\"") == 2);
  CHECK(total("confirms") == 1);
}

TEST_CASE_METHOD(Replies, "fault 29: a handle of 10 KB is a handle", "[api]") {
  serve_elements(event(std::string(10'240, 'h'), "t1") + ',' + event("h2", "t2"));
  finish(2);
  CHECK(number("SELECT max(length(event_handle)) FROM events") == 10'240);
}

TEST_CASE_METHOD(Replies, "fault 30: events that the schema does not know are stored as they came",
                 "[api]") {
  serve_elements(
      R"({"EventHandle":"h1","EventType":"Mystery","MysteryEvent":{"Deep":[12345678901234567890,"x"]}},)"
      R"({"EventHandle":"h2","EventType":"ConcatComplete"},)"
      R"({"EventHandle":"h3","EventType":"ConcatComplete","ConcatCompleteEvent":{"TaskId":"t3"},)"
      R"("ClipCompleteEvent":{"TaskId":"t4"}},)"
      R"({"EventHandle":"h4"})");
  finish(4);
  const auto rows = [&](const std::string& condition) {
    return number(
        "SELECT count(*) FROM events JOIN payloads ON event_id = id"
        " WHERE confirmed_at IS NOT NULL AND " +
        condition);
  };
  CHECK(rows("event_handle = 'h1' AND type_known = 0 AND event_type = 'Mystery'"
             " AND json LIKE '%\"Deep\":[12345678901234567890,\"x\"]%'") == 1);
  CHECK(rows("event_handle = 'h2' AND type_known = 0 AND diagnostics LIKE '%no known member%'") ==
        1);
  CHECK(rows("event_handle = 'h3' AND type_known = 1 AND task_id = 't3'"
             " AND diagnostics LIKE '%more than one member%' AND json LIKE '%t4%'") == 1);
  CHECK(rows("event_handle = 'h4' AND type_known = 0 AND event_type = ''") == 1);
}

TEST_CASE_METHOD(Replies, "fault 31: a reply that is no answer is kept whole and confirms nothing",
                 "[api]") {
  const auto [what, reason] = GENERATE(table<std::string, std::string>(
      {{"error-beside", "no answer: an Error came beside an EventSet"},
       {"no-response", "no answer: the body has no Response"}}));
  CAPTURE(what);
  queue(16, {"--fail", what + "@PullEvents"});
  configure();
  start();
  await_log("<2>quarantined, without a handle to confirm it by reason=\"" + reason + '"');
  CHECK(number("SELECT count(*) FROM events") == 0);
  CHECK(total_now("confirms") == 0);
  await_confirmed(16);
  end();
  CHECK(number("SELECT count(*) FROM quarantine WHERE event_handle IS NULL AND confirmed_at IS NULL"
               " AND length(pull_request_id) = 36 AND CAST(raw AS TEXT) LIKE '%\"EventSet\":[{%'"
               " AND reason = '" +
               reason + "'") == 1);
  CHECK(total("redelivered") == 16);  // their leases ran out, and they came again
  empty_quarantine();
  check_ledger(16);
}

TEST_CASE_METHOD(Replies, "fault 31: a confirm that is not answered as it should is sent again",
                 "[api]") {
  queue(16, {"--fail", "no-response@ConfirmEvents", "--again", "accept"});
  configure();
  start();
  finish(16);
}
