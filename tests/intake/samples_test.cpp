// Every sample, whatever way in it stands for, against the rows that have to come of it.
#include "intake/arrival.h"
#include "support/sample.h"
#include "vod/contents.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

const std::string samples = FIXTURES "/samples/";

constexpr const char* null = "-";

std::string joined(const std::vector<std::string>& fields) {
  std::string line;
  for (const std::string& field : fields) line += (line.empty() ? "" : "\t") + field;
  return line;
}

std::string line_of(const std::string& file, const std::string& kind, const vod::Item& item) {
  const inbox::Arrival arrival = intake::to_arrival(item.slice, item.form, item.path, item.handle);
  CHECK(arrival.unreadable == "");
  const auto or_null = [](const std::string& text) { return text.empty() ? null : text; };
  return joined({file, kind, item.path, or_null(arrival.handle), std::string(arrival.format),
                 arrival.event_type, arrival.task_id.value_or(null), arrival.file_id.value_or(null),
                 arrival.status.value_or(null),
                 arrival.err_code ? std::to_string(*arrival.err_code) : null,
                 or_null(arrival.diagnostics)});
}

std::vector<std::string> lines_of(const std::string& file) {
  const std::string text = support::text_of(samples + file);
  const vod::Contents contents = vod::contents(text);
  CHECK(contents.objection == "");
  const std::string kind(to_string(contents.kind));
  std::vector<std::string> lines;
  for (const vod::Item& item : contents.items) lines.push_back(line_of(file, kind, item));
  if (lines.empty())
    lines.push_back(joined({file, kind, null, null, null, null, null, null, null, null, null}));
  return lines;
}

}  // namespace

TEST_CASE("each sample gives the rows that the table has for it") {
  std::vector<std::string> expected;
  std::istringstream table(support::text_of(FIXTURES "/rows.tsv"));
  for (std::string line; std::getline(table, line);)
    if (!line.starts_with('#')) expected.push_back(line);
  std::set<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(samples))
    if (entry.is_regular_file()) files.insert(fs::relative(entry.path(), samples).string());
  std::vector<std::string> actual;
  for (const std::string& file : files) {
    CAPTURE(file);
    for (std::string& line : lines_of(file)) actual.push_back(std::move(line));
  }
  std::ranges::sort(expected);
  std::ranges::sort(actual);
  for (std::size_t i = 0; i < std::min(expected.size(), actual.size()); ++i)
    CHECK(actual[i] == expected[i]);
  CHECK(actual.size() == expected.size());
}
