// The verb check, run as its users run it, and its JSON taken apart by SQLite.
#pragma once

#include "e2e/setup.h"

#include <signal.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace e2e {

class Report {
 public:
  Report(std::optional<int> status, std::string json) : status_(status), json_(std::move(json)) {
    INFO(json_);
    REQUIRE(status_);
    REQUIRE(one("SELECT json_valid(?1) AND CAST(?1 ->> '$.status' AS TEXT) = ?2",
                std::to_string(*status_)) == "1");
    // Whoever is told of trouble is told what to do, and only what is bad has an exit status.
    REQUIRE(one("SELECT count(*) FROM json_each(?1, '$.findings') WHERE ?2 = ?2 AND"
                " ((value ->> 'state' = 'ok') <> (value ->> 'advice' = '')"
                " OR (value ->> 'state' = 'bad') <> (value ->> 'exit_status' <> 0))",
                "") == "0");
  }

  [[nodiscard]] int status() const { return *status_; }
  [[nodiscard]] const std::string& json() const { return json_; }

  // Of all findings with this name, one behind the other; empty when there is none.
  [[nodiscard]] std::string state(const std::string& name) const { return of(name, "state"); }
  [[nodiscard]] std::string text(const std::string& name) const { return of(name, "text"); }
  [[nodiscard]] std::string advice(const std::string& name) const { return of(name, "advice"); }

  [[nodiscard]] int bad() const {
    return std::stoi(one(
        "SELECT count(*) FROM json_each(?1, '$.findings') WHERE value ->> 'state' = ?2", "bad"));
  }

 private:
  [[nodiscard]] std::string of(const std::string& name, const std::string& member) const {
    return one("SELECT group_concat(value ->> '" + member +
                   "', ' ') FROM json_each(?1, '$.findings') WHERE value ->> 'name' = ?2",
               name);
  }

  [[nodiscard]] std::string one(const std::string& query, const std::string& parameter) const {
    sqlite::Database memory(":memory:", sqlite::Database::Mode::create);
    sqlite::Statement statement(memory, query);
    sqlite::Rows rows = statement.query(json_, parameter);
    return rows.next() && !rows.is_null(0) ? std::string(rows.text(0)) : std::string();
  }

  std::optional<int> status_;
  std::string json_;
};

struct Doctor : Setup {
  Doctor() { url = "http://127.0.0.1:1"; }

  std::string program = BINARIES "/vodeventd";  // what run() starts

  // `before`: a command that executes the rest of its arguments.
  support::Process run(Arguments options, const Arguments& environment = {},
                       Arguments before = {}) const {
    before.insert(before.end(), {program, "--config", folder / "vodeventd.toml", "check"});
    before.insert(before.end(), options.begin(), options.end());
    Arguments variables = {"JOURNAL_STREAM=", "HOME=/nonexistent"};
    variables.insert(variables.end(), environment.begin(), environment.end());
    return support::Process(support::Process::Command{.arguments = std::move(before),
                                                      .environment = std::move(variables),
                                                      .out_file = {},
                                                      .err_file = {},
                                                      .folder = {}});
  }

  // All that hangs is given up within 10 s; a busy machine gets some more.
  Report check(Arguments options = {}, const Arguments& environment = {},
               Arguments before = {}) const {
    options.emplace_back("--json");
    auto process = run(std::move(options), environment, std::move(before));
    const auto status = process.wait(15s);
    return {status, process.out()};
  }

  Report online(Arguments more = {}, const Arguments& environment = {}) const {
    more.insert(more.begin(), "--online");
    return check(std::move(more), environment);
  }

  // Runs what follows where these shell commands have been run, with mounts of its own.  They find
  // the folder in $0.
  [[nodiscard]] Arguments with(const std::string& commands) const {
    return {"unshare", "-m", "sh", "-ec", commands + "; exec \"$@\"", folder.path()};
  }

  // A copy of the program that every user can start: the build may lie below a home.
  [[nodiscard]] std::string program_for_all() const {
    using perms = std::filesystem::perms;
    const std::string copy = folder / "vodeventd";
    std::filesystem::copy_file(BINARIES "/vodeventd", copy);
    for (const std::string& each : {folder.path(), copy})
      std::filesystem::permissions(each, static_cast<perms>(0755));
    return copy;
  }

  // Makes the database, with all that is in the simulator's queue.
  void fill() {
    auto process = daemon("drain");
    REQUIRE(process.wait(60s) == 0);
  }

  // A total of the simulator's ledger, which it writes at its end.
  std::string total(const std::string& name) {
    simulator->signal(SIGTERM);
    REQUIRE(simulator->wait(10s) == 0);
    std::ifstream file(ledger);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    sqlite::Database memory(":memory:", sqlite::Database::Mode::create);
    sqlite::Statement statement(memory, "SELECT ?1 ->> ('$.totals.' || ?2)");
    sqlite::Rows rows = statement.query(text, name);
    REQUIRE(rows.next());
    return std::string(rows.text(0));
  }
};

}  // namespace e2e
