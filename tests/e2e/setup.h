// A simulator and a daemon, both the built programs, with a folder of their own: what the
// end-to-end tests start from.
#pragma once

#include "sqlite/database.h"
#include "sqlite/statement.h"
#include "support/process.h"
#include "support/temp_folder.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace e2e {

using namespace std::chrono_literals;
using Arguments = std::vector<std::string>;

struct Setup {
  support::TempFolder folder;
  std::string database = (folder / "events.db");
  std::string ledger = (folder / "ledger.json");
  std::string url;
  std::unique_ptr<support::Process> simulator;

  void simulate(Arguments more) {
    Arguments arguments = {
        BINARIES "/vodsim", "--secret-id", "test-id",  "--secret-key", "test-key",
        "--max-seconds",    "300",         "--ledger", ledger};
    arguments.insert(arguments.end(), more.begin(), more.end());
    simulator = std::make_unique<support::Process>(arguments);
    const auto line = simulator->read_line(20s);
    REQUIRE(line);
    const std::string ready = "vodsim: listening on ";
    REQUIRE(line->starts_with(ready));
    url = line->substr(ready.size());
  }

  // The configuration; `more` is TOML that comes after the [poll] section's head.
  std::string configure(const std::string& more = {}, const std::string& key = "test-key") {
    std::ofstream((folder / "secret-key")) << key << '\n';
    const std::string path = (folder / "vodeventd.toml");
    std::ofstream(path) << "[api]\nendpoint = \"" << url
                        << "\"\n[credentials]\nsecret_id = \"test-id\"\n"
                        << "secret_key_file = \"" << (folder / "secret-key")
                        << "\"\n[store]\npath = \"" << database << "\"\n[poll]\n"
                        << more;
    return path;
  }

  support::Process daemon(const std::string& verb, Arguments options = {}) {
    Arguments arguments = {BINARIES "/vodeventd", "--config", (folder / "vodeventd.toml"), verb};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return support::Process(support::Process::Command{.arguments = arguments,
                                                      .environment = {"JOURNAL_STREAM="},
                                                      .out_file = {},
                                                      .err_file = (folder / "daemon.log"),
                                                      .folder = {}});
  }

  std::string log() const {
    std::ifstream file((folder / "daemon.log"));
    return {std::istreambuf_iterator<char>(file), {}};
  }

  // Waits, a few seconds at most, until the daemon has logged this.
  void await_log(const std::string& text) const {
    for (int i = 0; i < 100 && log().find(text) == std::string::npos; ++i)
      std::this_thread::sleep_for(50ms);
    REQUIRE_THAT(log(), Catch::Contains(text));
  }

  std::int64_t number(const std::string& query) const {
    sqlite::Database reader(database, sqlite::Database::Mode::read_only);
    reader.busy_timeout_ms(5000);
    return reader.number(query);
  }

  // A verb that prints and ends, such as audit: its exit status and what it printed.
  struct Printed {
    std::optional<int> status;
    std::string text;
  };
  Printed print(const std::string& verb, Arguments options = {}) {
    auto process = daemon(verb, std::move(options));
    const auto status = process.wait(60s);
    return {status, process.out()};
  }

  // Whether what the simulator delivered is what the inbox holds: each event of the ledger exactly
  // once (its redeliveries linked to it), nothing else, everything confirmed, and each handle
  // durable before its confirm came.
  void check_ledger(std::int64_t events) const {
    sqlite::Database memory(":memory:", sqlite::Database::Mode::create);
    std::ifstream file(ledger);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    REQUIRE_FALSE(text.empty());
    memory.run("CREATE TABLE ledger (handle TEXT PRIMARY KEY, event INTEGER, confirmed INTEGER)");
    sqlite::Statement(
        memory,
        "INSERT INTO ledger SELECT h.value, e.value ->> 'index', e.value ->> 'confirmed'"
        " FROM json_each(?1, '$.events') e, json_each(e.value, '$.handles') h")
        .run(text);
    sqlite::Statement total(memory, "SELECT ?1 ->> ('$.totals.' || ?2)");
    const auto of = [&](std::string_view name) {
      sqlite::Rows rows = total.query(text, name);
      REQUIRE(rows.next());
      return rows.integer(0);
    };
    CHECK(of("witness_violations") == 0);
    CHECK(of("confirmed") == events);
    memory.run("ATTACH '" + database + "' AS inbox");
    CHECK(memory.number("SELECT count(*) FROM inbox.events WHERE redelivery_of IS NULL") == events);
    CHECK(memory.number("SELECT count(*) FROM inbox.events e LEFT JOIN ledger l"
                        " ON l.handle = e.event_handle WHERE l.handle IS NULL") == 0);
    CHECK(memory.number("SELECT count(*) FROM (SELECT l.event FROM ledger l JOIN inbox.events e"
                        " ON l.handle = e.event_handle GROUP BY l.event"
                        " HAVING count(DISTINCT coalesce(e.redelivery_of, e.id)) <> 1)") == 0);
    CHECK(memory.number("SELECT count(DISTINCT l.event) FROM ledger l JOIN inbox.events e"
                        " ON l.handle = e.event_handle") == events);
    CHECK(memory.number("SELECT count(*) FROM inbox.quarantine") == 0);
    CHECK(memory.text("PRAGMA inbox.integrity_check") == "ok");
  }
};

}  // namespace e2e
