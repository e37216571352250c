// reprocess, after upgrades of many kinds.
#include "e2e/setup.h"
#include "inbox/inbox.h"
#include "inbox/schema.h"
#include "intake/arrival.h"
#include "support/fake_clock.h"
#include "support/sample.h"
#include "vod/contents.h"
#include "vod/events.h"

#include <signal.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <random>

namespace {

using namespace std::chrono_literals;
using Catch::Contains;

// What a decoder that knew none of these types has stored.
constexpr const char* forget =
    "UPDATE events SET type_known = 0, task_id = NULL, file_id = NULL, status = NULL,"
    " err_code = NULL, diagnostics = '[\"EventSet[3].EventType: unknown type\"]'";

// A database that the real decoder has filled, and a copy of it.
struct Decoded : e2e::Setup {
  std::string reference = folder / "reference.db";
  support::FakeClock clock;

  Decoded() {
    url = "http://127.0.0.1:1";
    configure();
  }

  // So many events of all types, some of them with a remark; and others, that were not pulled.
  void fill(int events, bool others = true) {
    std::mt19937_64 random(7);
    std::vector<inbox::Arrival> all;
    const auto types = vod::event_types();
    for (int i = 0; i < events; ++i) {
      const vod::EventType& type = types[static_cast<std::size_t>(i) % types.size()];
      if (type.member.empty() || type.member == "-") continue;
      std::string json =
          support::sample_event(random, type.name, "handle-" + std::to_string(i), 700);
      if (i % 7 == 0) json.insert(json.size() - 1, ",\"EventHandle\":\"again\"");
      all.push_back(
          intake::to_arrival(json, vod::Form::element, "EventSet[" + std::to_string(i % 16) + "]"));
      all.back().received_at = base::Utc(1'700'000'000s);
      all.back().request_id = "request";
    }
    inbox::Inbox inbox(database, 1500000001, clock, 0);
    inbox.save(all);
    if (others) inbox.save(imported());
    inbox.database().run("VACUUM INTO '" + reference + "'");
  }

  // Events of every form: normal callbacks, format 2.0, replies to the old PullEvent.
  static std::vector<inbox::Arrival> imported() {
    std::vector<inbox::Arrival> all;
    for (const char* folder : {"/samples/normal", "/samples/legacy"}) {
      for (const auto& file : std::filesystem::directory_iterator(FIXTURES + std::string(folder))) {
        std::ifstream in(file.path());
        const std::string text{std::istreambuf_iterator<char>(in), {}};
        for (const vod::Item& item : vod::contents(text).items) {
          all.push_back(intake::to_arrival(item.slice, item.form, item.path, item.handle));
          all.back().source = inbox::Source::import;
          all.back().origin = file.path().filename();
        }
      }
    }
    return all;
  }

  void run(const std::string& script) const {
    sqlite::Database(database, sqlite::Database::Mode::read_write).run(script);
  }

  // How many rows differ from the copy, in whichever column; and, as a remark that was found anew
  // does not tell the place in the reply, how many do but for that.
  std::int64_t differing(const std::string& but = "''") const {
    sqlite::Database memory(":memory:", sqlite::Database::Mode::create);
    memory.run("ATTACH '" + database + "' AS inbox; ATTACH '" + reference + "' AS reference");
    sqlite::Statement names(memory,
                            "SELECT group_concat(name) FROM pragma_table_info('events',"
                            " 'reference') WHERE name NOT IN (" +
                                but + ")");
    std::string columns;
    {
      sqlite::Rows rows = names.query();
      REQUIRE(rows.next());
      columns = rows.text(0);
    }
    const std::string rows = " (SELECT " + columns + " FROM ";
    return memory.number("SELECT count(*) FROM (SELECT * FROM" + rows +
                         "inbox.events) EXCEPT"
                         " SELECT * FROM" +
                         rows + "reference.events))") +
           memory.number(
               "SELECT count(*) FROM (SELECT * FROM inbox.payloads EXCEPT"
               " SELECT * FROM reference.payloads)") +
           memory.number(
               "SELECT abs((SELECT count(*) FROM inbox.events)"
               " - (SELECT count(*) FROM reference.events))");
  }

  std::string reprocessed(e2e::Arguments options = {}) {
    const auto printed = print("reprocess", std::move(options));
    INFO(log());
    CHECK(printed.status == 0);
    return printed.text;
  }
};

}  // namespace

TEST_CASE_METHOD(Decoded, "what is as it should be is not touched") {
  fill(300);
  const std::string told = reprocessed();
  CHECK_THAT(told, Contains(" events read again, 0 brought up to date.\n"));
  CHECK(differing() == 0);
  CHECK(print("audit").status == 0);
  CHECK(number("SELECT count(*) FROM events WHERE format = 'v2.0'") > 5);
  CHECK(number("SELECT count(*) FROM events WHERE diagnostics LIKE '[\"EventSet[%'") > 10);
  CHECK(number("SELECT count(*) FROM events WHERE diagnostics LIKE '[\"eventList[%'") > 0);
}

TEST_CASE_METHOD(Decoded, "an upgrade that knows more types fills the columns") {
  fill(500);
  const std::int64_t rows = number("SELECT count(*) FROM events WHERE event_type LIKE 'C%'");
  run(std::string(forget) + " WHERE event_type LIKE 'C%'");
  REQUIRE(print("audit").status == 1);
  const auto beside = print("reprocess", {"--dry-run"});
  CHECK(beside.status == 0);
  const std::string count = std::to_string(rows);
  CHECK_THAT(beside.text,
             Contains(' ' + count + " would change; nothing was written (--dry-run).\n"));
  CHECK(number("SELECT count(*) FROM events WHERE type_known = 0") == rows);

  const std::string told = reprocessed();
  CHECK_THAT(told, Contains(' ' + count + " brought up to date.\n") &&
                       Contains("  ClipComplete: type_known, task_id"));
  CHECK(differing("'diagnostics'") == 0);
  CHECK(print("audit").status == 0);
  CHECK(number("SELECT count(*) FROM events WHERE event_type LIKE 'C%'"
               " AND diagnostics LIKE '%unknown type%'") == 0);
  CHECK_THAT(reprocessed(), Contains(" 0 brought up to date.\n"));
}

TEST_CASE_METHOD(Decoded, "what was done is told as JSON, too") {
  fill(300);
  run(std::string(forget) + " WHERE event_type = 'FileDeleted'");
  sqlite::Database memory(":memory:", sqlite::Database::Mode::create);
  sqlite::Statement look(memory,
                         "SELECT ?1 ->> '$.changed', ?1 ->> '$.types[0].event_type',"
                         " ?1 ->> '$.types[0].rows', ?1 ->> '$.types[0].columns.type_known',"
                         " ?1 ->> '$.dry_run', ?1 ->> '$.events_read',"
                         " ?1 ->> '$.quarantine.readable'");
  const std::int64_t deleted = number("SELECT count(*) FROM events WHERE type_known = 0");
  const std::string told = reprocessed({"--json"});
  sqlite::Rows rows = look.query(told);
  REQUIRE(rows.next());
  CHECK(rows.integer(0) == deleted);
  CHECK(rows.text(1) == "FileDeleted");
  CHECK(rows.integer(2) == deleted);
  CHECK(rows.integer(3) == deleted);
  CHECK(rows.integer(4) == 0);
  CHECK(rows.integer(5) == number("SELECT count(*) FROM events"));
  CHECK(rows.integer(6) == 0);
}

TEST_CASE_METHOD(Decoded, "killed again and again, it loses nothing and gets to its end") {
  fill(20'000);
  run(forget);
  const std::int64_t all = number("SELECT count(*) FROM events");
  const auto done = [&] { return number("SELECT count(*) FROM events WHERE type_known = 1"); };
  std::int64_t before = 0;
  int killed = 0;
  for (int i = 1; i <= 8; ++i) {
    auto process = daemon("reprocess");
    while (done() < all * i / 10 && process.running()) {
    }
    process.signal(SIGKILL);
    killed += process.wait(10s) == 128 + SIGKILL;
    const std::int64_t now = done();
    CHECK(now >= before);
    before = now;
    sqlite::Database reader(database, sqlite::Database::Mode::read_only);
    CHECK(reader.text("PRAGMA integrity_check") == "ok");
  }
  CHECK(killed > 0);
  reprocessed();
  CHECK(done() == all);
  CHECK(differing("'diagnostics'") == 0);
  CHECK(print("audit").status == 0);
}

TEST_CASE_METHOD(Decoded, "a database of an older version is brought to this one first") {
  fill(300, false);
  const std::string newer = folder / "newer.db";
  std::filesystem::rename(database, newer);
  for (const char* end : {"-wal", "-shm"}) std::filesystem::remove(database + end);
  const auto version = GENERATE(as<std::size_t>(), 2, 4);
  {
    sqlite::Database old(database, sqlite::Database::Mode::create);
    old.run("PRAGMA journal_mode = WAL");
    for (std::size_t i = 0; i < version; ++i) old.run(inbox::migrations[i]);
    old.run("PRAGMA user_version = " + std::to_string(version));
    std::string columns = old.text("SELECT group_concat(name) FROM pragma_table_info('events')");
    old.run("ATTACH '" + reference + "' AS newer; INSERT INTO events (" + columns + ") SELECT " +
            columns +
            " FROM newer.events; INSERT INTO payloads SELECT * FROM newer.payloads;"
            "UPDATE counters SET (pulled, stored) = (SELECT pulled, stored FROM newer.counters)");
    old.run(forget);
  }
  CHECK(print("reprocess", {"--dry-run"}).status == 78);
  CHECK_THAT(log(), Contains("vodeventd run or drain brings it up to date"));
  reprocessed();
  CHECK(differing("'diagnostics'") == 0);
  CHECK(print("audit").status == 0);
}

TEST_CASE_METHOD(e2e::Setup, "beside a running daemon reprocess says what to do, and may look") {
  simulate({"--events", FIXTURES "/samples", "--generate", "300", "--hold-s", "0.5"});
  configure();
  auto process = daemon("run");
  await_log("stored events=");
  support::Process beside(
      {BINARIES "/vodeventd", "--config", (folder / "vodeventd.toml"), "reprocess"});
  CHECK(beside.wait(20s) == 75);
  CHECK(beside.out().empty());
  CHECK_THAT(beside.err(),
             Contains("is in use by pid " + std::to_string(process.pid()) + " (vodeventd)") &&
                 Contains("systemctl stop vodeventd)") && Contains("--dry-run"));
  support::Process look(
      {BINARIES "/vodeventd", "--config", (folder / "vodeventd.toml"), "reprocess", "--dry-run"});
  CHECK(look.wait(20s) == 0);
  CHECK_THAT(look.out(), Contains(" 0 would change"));
  process.signal(SIGTERM);
  CHECK(process.wait(15s) == 0);
}

TEST_CASE_METHOD(Decoded, "a database that is not there is not made") {
  CHECK(print("reprocess").status == 78);
  CHECK_THAT(log(), Contains("is [store] path right, has the daemon run?"));
  CHECK_FALSE(std::filesystem::exists(database));
  CHECK_FALSE(std::filesystem::exists(database + ".lock"));
}

TEST_CASE_METHOD(Decoded, "what can be read in quarantine by now is told, and stays there") {
  fill(50);
  inbox::Arrival odd;
  odd.json = R"({"EventType":"FileDeleted","FileDeleteEvent":{"FileIdSet":["1"]}})";
  odd.fingerprint = vod::fingerprint(odd.json, false);
  odd.unreadable = "EventHandle is missing or empty";
  odd.received_at = base::Utc(1'700'000'000s);
  inbox::Inbox(database, 1500000001, clock, 0).save({&odd, 1});
  CHECK_THAT(reprocessed(),
             Contains("In quarantine 1 rows hold events that can be read now (id 1)") &&
                 Contains("WHERE id IN (1)\" | vodeventd import -"));
  CHECK(number("SELECT count(*) FROM quarantine") == 1);
  CHECK(print("audit").status == 0);
}
