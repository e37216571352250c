// The built daemon's verb import, with a folder and databases of its own.
#pragma once

#include "sqlite/database.h"
#include "sqlite/statement.h"
#include "support/process.h"
#include "support/sample.h"
#include "support/temp_folder.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace e2e {

using Lines = std::vector<std::string>;

struct Importing {
  support::TempFolder folder;
  std::string database = folder / "events.db";

  struct Ended {
    std::optional<int> status;
    std::string out, err;
  };

  // A configuration without any credential.
  [[nodiscard]] std::string config(const std::string& path) const {
    return folder.write("vodeventd.toml", "[store]\npath = \"" + path + "\"\n");
  }

  [[nodiscard]] support::Process start(std::vector<std::string> arguments) const {
    std::vector<std::string> all = {BINARIES "/vodeventd", "--config", config(database), "import"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return support::Process({.arguments = all,
                             .environment = {"JOURNAL_STREAM="},
                             .out_file = {},
                             .err_file = {},
                             .folder = {}});
  }

  [[nodiscard]] Ended import(std::vector<std::string> arguments) const {
    support::Process process = start(std::move(arguments));
    const auto status = process.wait(std::chrono::seconds(120));
    return {status, process.out(), process.err()};
  }

  // From standard input.
  [[nodiscard]] Ended import_piped(const std::string& file) const {
    support::Process process({"sh", "-c", "cat \"$1\" | \"$0\" --config \"$2\" import",
                              BINARIES "/vodeventd", file, config(database)});
    const auto status = process.wait(std::chrono::seconds(120));
    return {status, process.out(), process.err()};
  }

  // The first column, of any database of this folder.
  static Lines query(const std::string& path, const std::string& sql) {
    sqlite::Database reader(path, sqlite::Database::Mode::read_only);
    reader.busy_timeout_ms(5000);
    sqlite::Statement statement(reader, sql);
    Lines lines;
    for (sqlite::Rows rows = statement.query(); rows.next();) lines.emplace_back(rows.text(0));
    return lines;
  }

  [[nodiscard]] std::int64_t number(const std::string& sql) const {
    sqlite::Database reader(database, sqlite::Database::Mode::read_only);
    reader.busy_timeout_ms(5000);
    return reader.number(sql);
  }

  // All that does not depend on time and on the files' names.
  static Lines rows_of(const std::string& path) {
    return query(path,
                 "SELECT json_array(id, event_handle, source, format, event_type, type_known,"
                 " task_id, file_id, status, err_code, redelivery_of, redelivery_certain,"
                 " pull_count, hex(fingerprint), diagnostics, confirmed_at = stored_at) FROM events"
                 " UNION ALL SELECT json_array('quarantine', event_handle, source, pull_count,"
                 " hex(fingerprint)) FROM quarantine"
                 " UNION ALL SELECT json_array(pulled, stored, relinked, redelivered, quarantined,"
                 " conflicts, confirmed) FROM counters");
  }
};

}  // namespace e2e
