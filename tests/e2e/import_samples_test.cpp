// Every sample through the verb import: alone against the table of what comes of it, and all of
// them in whichever shape they are kept.
#include "e2e/importing.h"
#include "support/gzip.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

namespace {

namespace fs = std::filesystem;
using Catch::Contains;
using e2e::Lines;

const std::string samples = FIXTURES "/samples/";

Lines files() {
  std::set<std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator(samples))
    if (entry.is_regular_file()) all.insert(entry.path().string());
  return {all.begin(), all.end()};
}

// Of types that the schema does not know, or without a known member.
const std::set<std::string> unknown = {"edge/no-known-member.json", "edge/unknown-event-type.json"};

Lines fields_of(const std::string& line) {
  Lines fields;
  std::istringstream in(line);
  for (std::string field; std::getline(in, field, '\t');) fields.push_back(field);
  return fields;
}

struct Expected {
  std::string kind;
  Lines rows;  // each once, in order
};

// What the table has for each file.  A handle that comes twice is one row; the second of two equal
// events is linked to the first.
std::map<std::string, Expected> table() {
  std::map<std::string, Expected> all;
  std::istringstream lines(support::text_of(FIXTURES "/rows.tsv"));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) continue;
    const Lines fields = fields_of(line);
    REQUIRE(fields.size() == 11);
    Expected& expected = all[fields[0]];
    expected.kind = fields[1];
    if (fields[4] == "-") continue;  // a reply without events
    std::string row;
    for (std::size_t i = 3; i < fields.size(); ++i) row += fields[i] + '\t';
    row += std::string("import\t") + (unknown.contains(fields[0]) ? '0' : '1');
    if (std::ranges::find(expected.rows, row) == expected.rows.end()) expected.rows.push_back(row);
  }
  return all;
}

constexpr const char* as_in_the_table =
    "SELECT iif(event_handle GLOB 'import-*' AND"
    " event_handle = 'import-' || lower(hex(fingerprint)), '-', event_handle) || char(9) || format"
    " || char(9) || event_type || char(9) || ifnull(task_id, '-') || char(9) ||"
    " ifnull(file_id, '-') || char(9) || ifnull(status, '-') || char(9) || ifnull(err_code, '-')"
    " || char(9) || ifnull(diagnostics, '-') || char(9) || source || char(9) || type_known"
    " FROM events ORDER BY id";

// White space between tokens left out.
std::string on_one_line(const std::string& json) {
  std::string text;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (!in_string && std::isspace(static_cast<unsigned char>(json[i]))) continue;
    if (json[i] == '"') in_string = !in_string;
    text += json[i];
    if (in_string && json[i] == '\\') text += json[++i];
  }
  return text;
}

std::string joined(const Lines& texts, const std::string& separator) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : separator) + text;
  return all;
}

}  // namespace

TEST_CASE_METHOD(e2e::Importing, "each sample gives the rows that the table has for it",
                 "[import]") {
  const auto expected = table();
  const Lines all = files();
  REQUIRE(all.size() == expected.size());
  for (const std::string& file : all) {
    const std::string name = fs::relative(file, samples).string();
    CAPTURE(name);
    REQUIRE(expected.contains(name));
    const Expected& of_this = expected.at(name);
    database = folder / (std::to_string(std::hash<std::string>()(name)) + ".db");
    const Ended ended = import({file});
    CHECK(ended.status == 0);
    CHECK(ended.err.empty());
    CHECK_THAT(ended.out, Contains(file + ": 1 x " + of_this.kind + "; "));
    CHECK(query(database, as_in_the_table) == of_this.rows);
    CHECK(number("SELECT count(*) FROM events WHERE origin = '" + file +
                 "' AND confirmed_at = stored_at") ==
          static_cast<std::int64_t>(of_this.rows.size()));
    CHECK(number("SELECT count(*) FROM quarantine") == 0);
    CHECK(number("SELECT count(*) FROM events WHERE redelivery_of IS NOT NULL") ==
          (name == "edge/redelivery-other-handle.json" ? 1 : 0));
    fs::remove(database + "-ballast");  // 16 MB of each database
  }
}

TEST_CASE_METHOD(e2e::Importing, "all samples give the same rows in whichever shape they are kept",
                 "[import]") {
  Lines texts, lines;
  for (const std::string& file : files()) {
    texts.push_back(support::text_of(file));
    lines.push_back(on_one_line(texts.back()));
  }
  const Ended first = import(files());
  CHECK_THAT(first.out, Contains("\ntotal: "));
  const Lines rows = rows_of(database);
  CHECK(rows.size() > 70);

  SECTION("the second time nothing changes") {
    const Lines before =
        query(database, "SELECT json_array(id, last_received_at, origin) FROM events");
    const Ended second = import(files());
    CHECK(second.status == 0);
    CHECK(rows_of(database) == rows);
    CHECK(query(database, "SELECT json_array(id, last_received_at, origin) FROM events") == before);
    CHECK_THAT(second.out, Contains(" 0 stored, ") && Contains(" 0 linked, 0 in quarantine"));
  }
  SECTION("one file of any shape gives the same") {
    const std::vector<std::pair<std::string, std::string>> shapes = {
        {"printed", joined(texts, "\n")},
        {"list", '[' + joined(texts, ",") + ']'},
        {"lines", joined(lines, "\n")},
        {"lines-crlf", joined(lines, "\r\n")},
        {"bare", joined(lines, "")},
        {"list-of-lines", "[\n" + joined(lines, ",\n") + "\n]\n"},
        {"packed", support::gzip(joined(texts, "\n"))},
        {"members", support::gzip(joined(texts, "\n")) + support::gzip(joined(lines, "\n"))}};
    for (const auto& [name, text] : shapes) {
      CAPTURE(name);
      const std::string file = folder.write(name, text);
      database = folder / (name + ".db");
      const Ended ended = import({file});
      CHECK(ended.status == first.status);
      CHECK(rows_of(database) == rows);
      fs::remove(database + "-ballast");
      database = folder / (name + "-piped.db");
      CHECK(import_piped(file).status == first.status);
      CHECK(rows_of(database) == rows);
      CHECK(number("SELECT count(*) FROM events WHERE origin <> '-'") == 0);
      fs::remove(database + "-ballast");
    }
  }
}
