#include "inbox/retention.h"

#include "fixture.h"
#include "sqlite/watch.h"

#include <sqlite3.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <random>
#include <set>

using namespace inbox_fixture;

namespace {

using namespace std::chrono_literals;
using Next = Inbox::Tidied::Next;
using Handles = std::vector<std::string>;

struct Kept : Fixture {
  Arrival now(const std::string& handle, const std::string& content) {
    Arrival one = arrival(handle, content);
    one.fingerprint = content;
    one.received_at = clock.utc();
    return one;
  }

  // Events that come a second after each other and are confirmed.
  void fill(int events, std::size_t bytes = 100) {
    for (int i = 0; i < events; ++i) {
      const std::string handle = "h" + std::to_string(++last_);
      Arrival one = now(handle, "c" + std::to_string(last_));
      one.json = "{\"x\":\"" + std::string(bytes, 'x') + "\"}";
      save(one);
      inbox.confirm_done({&handle, 1}, inbox::Confirm::confirmed, "", "confirm-request");
      clock.advance(1s);
    }
    inbox.flush();
  }

  struct Pass {
    std::int64_t events = 0, quarantined = 0, bytes = 0;
    int steps = 0;
  };
  Pass pass(Handles awaited = {}) {
    std::sort(awaited.begin(), awaited.end());
    const std::vector<std::string_view> views(awaited.begin(), awaited.end());
    Pass all;
    for (Next next = Next::more; next == Next::more; ++all.steps) {
      const Inbox::Tidied tidied = inbox.tidy(views);
      all.events += tidied.events;
      all.quarantined += tidied.quarantined;
      all.bytes += tidied.bytes;
      next = tidied.next;
      REQUIRE(next != Next::later);
    }
    return all;
  }

  std::int64_t events() { return number("SELECT count(*) FROM events"); }
  std::string handles() { return text("SELECT group_concat(event_handle) FROM events"); }

 private:
  int last_ = 0;
};

}  // namespace

TEST_CASE_METHOD(Kept, "without bounds nothing is deleted") {
  fill(100);
  clock.advance(24h * 1000);
  CHECK(pass().events == 0);
  CHECK(events() == 100);
}

TEST_CASE_METHOD(Kept, "what is beyond the number of rows goes, the oldest first") {
  fill(200);
  inbox.keep({.rows = 30});
  CHECK(pass().events == 170);
  CHECK(number("SELECT min(id) FROM events") == 171);
  CHECK(number("SELECT count(*) FROM payloads") == 30);
  check_audit();
}

TEST_CASE_METHOD(Kept, "what is older than the limit goes") {
  fill(10);
  clock.advance(1h);
  fill(5);
  inbox.keep({.age = 1h});
  CHECK(pass().events == 10);
  CHECK(pass().events == 0);
  clock.advance(1h);
  CHECK(pass().events == 5);
  check_audit();
}

TEST_CASE_METHOD(Kept, "a database that is too large gets smaller, and so does its file") {
  fill(2000, 3000);
  const auto before = number("PRAGMA page_count");
  inbox.keep({.bytes = 2'000'000});
  const Pass all = pass();
  CHECK(all.events > 1000);
  CHECK(number("PRAGMA page_count") == before - all.bytes / 4096);
  const auto live = (number("PRAGMA page_count") - number("PRAGMA freelist_count")) * 4096;
  CHECK(live <= 2'000'000);
  CHECK(live > 1'000'000);
  CHECK(number("PRAGMA freelist_count") < 2 * inbox::Retention::spare_pages_min);
  inbox.database().run("PRAGMA wal_checkpoint(TRUNCATE)");
  CHECK(std::filesystem::file_size(path) < 4'000'000);
  CHECK(text("PRAGMA integrity_check") == "ok");
  check_audit();
}

TEST_CASE_METHOD(Kept, "what others delete is given back as well") {
  fill(2000, 3000);
  inbox.database().run("DELETE FROM events WHERE id <= 1900");
  CHECK(pass().bytes > 3'000'000);
}

TEST_CASE_METHOD(Kept, "an event that is not confirmed stays, however old") {
  save(now("open", "a"));
  save(now("refused", "b"));
  confirm("refused", inbox::Confirm::refused);
  save(now("unknown", "c"));
  confirm("unknown", inbox::Confirm::unknown);
  fill(3);
  clock.advance(24h * 365);
  inbox.keep({.age = 1h, .rows = 1, .bytes = 1});
  CHECK(pass().events == 3);
  CHECK(handles() == "open,refused,unknown");
}

TEST_CASE_METHOD(Kept, "an event goes with all its deliveries or not at all") {
  save(now("h1", "a"));
  clock.advance(1h);
  save(now("h2", "a"));
  const bool certain = GENERATE(true, false);
  if (!certain) confirm("h2", inbox::Confirm::unknown);
  clock.advance(1h);
  save(now("h3", "a"));
  inbox.keep({.age = 90min});
  SECTION("while one of them is not confirmed") {
    clock.advance(24h);
    CHECK(pass().events == 0);
  }
  SECTION("while one of them is young") {
    confirm("h3");
    clock.advance(1h);
    CHECK(pass().events == 0);
  }
  SECTION("when the last one was confirmed for all") {
    confirm("h3");
    clock.advance(2h);
    CHECK(pass().events == 3);
  }
  SECTION("while it has come again under its old handle") {
    confirm("h3");
    clock.advance(2h);
    save(now("h1", "a"));
    CHECK(pass().events == 0);
  }
  check_audit();
}

TEST_CASE_METHOD(Kept, "a handle that has another confirm before it stays, and so do those after") {
  fill(10);
  save(now("h3", "c3"));  // again, under its handle
  inbox.keep({.rows = 2});
  CHECK(pass({"h3"}).events == 2);
  CHECK(number("SELECT min(id) FROM events") == 3);
  confirm("h3");
  CHECK(pass().events == 6);
  check_audit();
}

TEST_CASE_METHOD(Kept, "confirms that are not on record yet are put there first") {
  save(now("one", "a"));
  const std::string handle = "one";
  inbox.confirm_done({&handle, 1}, inbox::Confirm::confirmed, "", "r");
  fill(5);
  inbox.keep({.rows = 1});
  CHECK(pass().events == 5);
  check_audit();
}

TEST_CASE_METHOD(Kept, "of quarantine goes what is old, and confirmed or never can be") {
  Arrival nameless = now("", "a");
  nameless.unreadable = "not JSON";
  save(nameless);
  Arrival open = now("q1", "b"), confirmed = now("q2", "c"), again = now("q3", "d");
  for (Arrival* one : {&open, &confirmed, &again}) {
    one->unreadable = "odd";
    save(*one);
  }
  confirm("q2");
  confirm("q3");
  clock.advance(2h);
  inbox.keep({.rows = 1, .bytes = 1});
  CHECK(pass().quarantined == 0);
  again.received_at = clock.utc();
  save(again);
  inbox.keep({.age = 1h});
  CHECK(pass().quarantined == 2);
  CHECK(text("SELECT group_concat(event_handle) FROM quarantine") == "q1,q3");
  check_audit();
}

TEST_CASE_METHOD(Kept, "the history of what goes goes too") {
  save(now("twice", "a"));
  save(now("twice", "a"));
  confirm("twice");
  fill(1);
  inbox.keep({.rows = 1});
  CHECK(pass().events == 1);
  CHECK(number("SELECT count(*) FROM history") == 0);
}

TEST_CASE_METHOD(Kept, "rows that must stay are looked at once, and again after an hour") {
  for (int i = 0; i < 1000; ++i) save(now("open" + std::to_string(i), "open" + std::to_string(i)));
  fill(100);
  inbox.keep({.rows = 1050});
  CHECK(pass().steps > 15);
  CHECK(events() == 1050);
  fill(100);
  CHECK(pass().steps <= 4);
  CHECK(events() == 1050);
  inbox.database().run("UPDATE events SET confirmed_at = stored_at WHERE event_handle = 'open0'");
  fill(1);
  CHECK(pass().events == 1);
  CHECK(number("SELECT min(id) FROM events") == 1);
  clock.advance(1h);
  fill(1);
  CHECK(pass().events == 1);
  CHECK(number("SELECT min(id) FROM events") == 2);
}

TEST_CASE_METHOD(Kept, "an event that came again thousands of times is read once") {
  constexpr int deliveries = 3000;
  for (int i = 0; i < deliveries; ++i) save(now("h" + std::to_string(i), "same"));
  REQUIRE(number("SELECT count(redelivery_of) FROM events") == deliveries - 1);
  inbox.keep({.rows = 1});
  int beats = 0;  // each after so many steps of SQLite's machine that 300 rows can be read in them
  {
    sqlite::Watch watch(inbox.database(), 0ms, [&] { return ++beats > 0; });
    CHECK(pass().steps > deliveries / inbox::Retention::rows_max);
  }
  CHECK(beats < 100);
  CHECK(events() == deliveries);
}

TEST_CASE_METHOD(Kept, "few rows go at once, also of events that came again") {
  constexpr int event_count = 40, deliveries = 20;
  for (int delivery = 0; delivery < deliveries; ++delivery)
    for (int event = 0; event < event_count; ++event)
      save(now(std::to_string(delivery) + '-' + std::to_string(event), std::to_string(event)));
  for (int event = 0; event < event_count; ++event)
    confirm(std::to_string(deliveries - 1) + '-' + std::to_string(event));
  inbox.flush();
  inbox.keep({.rows = 1});
  const Inbox::Tidied tidied = inbox.tidy({});
  CHECK(tidied.events >= inbox::Retention::rows_max);
  CHECK(tidied.events < inbox::Retention::rows_max + deliveries);
  CHECK(pass().events == event_count * deliveries - tidied.events);
  check_audit();
}

TEST_CASE_METHOD(Kept, "an event that was passed over goes when its confirm comes late") {
  fill(20);
  save(now("late", "late"));
  fill(20);
  inbox.keep({.rows = 5});
  CHECK(pass().events == 36);
  CHECK(number("SELECT min(id) FROM events") == 21);
  confirm("late");
  fill(1);
  CHECK(pass().events == 1);
  CHECK(number("SELECT min(id) FROM events") == 38);
}

TEST_CASE_METHOD(Kept, "while nothing is to be done nothing is written, and no lock is taken") {
  fill(100);
  inbox.keep({.age = 24h, .rows = 100, .bytes = 1 << 30});
  inbox.database().busy_timeout_ms(0);
  sqlite::Database other(path, sqlite::Database::Mode::read_write);
  other.run("BEGIN IMMEDIATE");
  CHECK(pass().steps == 1);
  inbox.keep({.rows = 99});
  CHECK_THROWS_WITH(pass(), Catch::Contains("locked by"));
  other.run("ROLLBACK");
  CHECK(pass().events == 1);
}

TEST_CASE_METHOD(Kept, "no statement that the inbox keeps has to scan a table") {
  int statements = 0;
  for (sqlite3_stmt* each = nullptr;
       (each = sqlite3_next_stmt(inbox.database().handle(), each)) != nullptr;) {
    const std::string sql = sqlite3_sql(each);
    if (sql.starts_with("PRAGMA")) continue;
    ++statements;
    INFO(sql);
    sqlite::Statement plan(inbox.database(), "EXPLAIN QUERY PLAN " + sql);
    // Unbound parameters are null.
    sqlite3_stmt* raw = sqlite3_next_stmt(inbox.database().handle(), nullptr);
    while (sqlite3_step(raw) == SQLITE_ROW) {
      const std::string step = reinterpret_cast<const char*>(sqlite3_column_text(raw, 3));
      INFO(step);
      CHECK((!step.starts_with("SCAN") || step == "SCAN counters" || step == "SCAN CONSTANT ROW"));
    }
  }
  CHECK(statements > 15);
}

namespace {

// Events that come, come again and are confirmed as it pleases a seed, and what must hold.
struct World : Kept {
  explicit World(std::uint64_t seed) : random(seed) {}

  std::size_t below(std::size_t end) { return random() % end; }

  void live() {
    switch (below(6)) {
      case 0:
      case 1:
        return deliver(fresh(), "content" + std::to_string(++contents));
      case 2:  // again, perhaps under another handle
        if (handles.empty()) return;
        return deliver_again(handles[below(handles.size())]);
      case 3:
        return quarantine();
      case 4:
        return confirm_one();
      case 5:
        return clock.advance(std::chrono::seconds(below(7200)));
    }
  }

  // A confirm follows a delivery, whose handle retention leaves alone until then.
  void confirm_one() {
    if (handles.empty()) return;
    const std::string handle = handles[below(handles.size())].first;
    const std::string has = " WHERE event_handle = '" + handle + "')";
    if (number("SELECT EXISTS (SELECT 1 FROM events" + has +
               " OR EXISTS (SELECT 1 FROM quarantine" + has) != 0)
      confirm(handle, static_cast<inbox::Confirm>(below(3)));
  }

  std::string fresh() { return "handle" + std::to_string(handles.size()); }

  void deliver(const std::string& handle, const std::string& content) {
    handles.emplace_back(handle, content);
    save(now(handle, content));
  }

  void deliver_again(std::pair<std::string, std::string> one) {
    deliver(below(2) == 0 ? one.first : fresh(), one.second);
  }

  void quarantine() {
    Arrival odd = now(below(2) == 0 ? "" : fresh(), "odd" + std::to_string(below(20)));
    odd.unreadable = "odd";
    if (!odd.handle.empty()) handles.emplace_back(odd.handle, "x");
    save(odd);
  }

  using Rows = std::map<std::int64_t, std::set<std::int64_t>>;  // of each chain

  Rows chains(const std::string& where = "1") {
    Rows all;
    sqlite::Statement select(inbox.database(),
                             "SELECT coalesce(redelivery_of, id), id FROM events WHERE " + where);
    for (sqlite::Rows rows = select.query(); rows.next();)
      all[rows.integer(0)].insert(rows.integer(1));
    return all;
  }

  void check_pass(const inbox::Bounds& bounds) {
    const Rows before = chains();
    const Rows open = chains("confirmed_at IS NULL AND superseded_by IS NULL");
    const Rows young =
        chains("last_received_at >= '" + base::iso8601(clock.utc() - bounds.age) + "'");
    const auto odd_open = number(
        "SELECT count(*) FROM quarantine WHERE confirmed_at IS NULL AND event_handle IS NOT NULL");
    inbox.keep(bounds);
    pass();
    const Rows after = chains();
    bool went_on = false;  // the oldest that stayed although it might have gone
    for (const auto& [root, rows] : before) {
      const auto left = after.find(root);
      if (left != after.end()) {
        CHECK(left->second == rows);
        went_on = went_on || !open.contains(root);
        continue;
      }
      CHECK_FALSE(open.contains(root));
      if (bounds.rows == 0) CHECK_FALSE(young.contains(root));
      if (bounds.age.count() == 0) CHECK_FALSE(went_on);
    }
    CHECK(number("SELECT count(*) FROM quarantine WHERE confirmed_at IS NULL"
                 " AND event_handle IS NOT NULL") == odd_open);
    if (bounds.rows > 0 && events() > bounds.rows) CHECK_FALSE(went_on);
    check_audit();
  }

  std::mt19937_64 random;
  std::vector<std::pair<std::string, std::string>> handles;  // with their content
  std::size_t contents = 0;
};

}  // namespace

TEST_CASE("whatever came and was confirmed, retention deletes what it may and nothing else") {
  const auto seed = GENERATE(take(20, random(1, 1 << 30)));
  CAPTURE(seed);
  World world(static_cast<std::uint64_t>(seed));
  for (int round = 0; round < 10; ++round) {
    for (std::size_t i = world.below(60); i > 0; --i) world.live();
    inbox::Bounds bounds;
    if (world.below(2) == 0) bounds.age = std::chrono::minutes(1 + world.below(600));
    if (world.below(2) == 0) bounds.rows = static_cast<std::int64_t>(1 + world.below(60));
    world.check_pass(bounds);
  }
}
