// Every sample that has a body's form comes through the receiver as the row that is expected of it;
// mutated ones, and mutated requests, cost nothing but themselves.
#include "json/slice.h"
#include "receiver/fixture.h"
#include "vod/contents.h"

#include <fstream>
#include <iterator>
#include <random>
#include <sstream>

namespace {

using namespace receiver_fixture;

const std::string fixtures = FIXTURES;

std::string text_of(const std::string& file) {
  std::ifstream in(fixtures + "/samples/" + file, std::ios::binary);
  REQUIRE(in.good());
  return {std::istreambuf_iterator<char>(in), {}};
}

// A line of rows.tsv.
struct Expected {
  std::string file, kind, path, handle, format, type, task_id, file_id, status, err_code;

  [[nodiscard]] std::string columns() const {
    return format + '|' + type + '|' + task_id + '|' + file_id + '|' + status + '|' + err_code;
  }
};

// Of all samples that hold an event.
std::vector<Expected> expected_rows() {
  std::vector<Expected> rows;
  std::ifstream file(fixtures + "/rows.tsv");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    Expected row;
    for (std::string* word : {&row.file, &row.kind, &row.path, &row.handle, &row.format, &row.type,
                              &row.task_id, &row.file_id, &row.status, &row.err_code})
      std::getline(words, *word, '\t');
    if (!line.starts_with('#') && row.path != "-") rows.push_back(row);
  }
  return rows;
}

// As a normal callback has it.
std::string without_handle(std::string_view event) {
  std::string body = "{";
  json::Cursor cursor(event);
  cursor.enter_object();
  for (std::string_view name; cursor.member(name);) {
    const std::string_view value = cursor.value();
    if (name == "EventHandle") continue;
    if (body.size() > 1) body += ',';
    body.append("\"").append(name).append("\":").append(value);
  }
  return body + '}';
}

std::string body_of(const Expected& row) {
  const std::string text = text_of(row.file);
  for (const vod::Item& item : vod::contents(text).items)
    if (item.path == row.path)
      return row.format == "v2.0" || row.path == "$" ? std::string(item.slice)
                                                     : without_handle(item.slice);
  FAIL(row.file << " has no " << row.path);
  return {};
}

struct Mutations : Fixture {
  std::mt19937_64 random{20261121};
  std::vector<std::string> bodies;

  Mutations() {
    for (const Expected& row : expected_rows()) bodies.push_back(body_of(row));
  }
  std::size_t below(std::size_t limit) { return random() % limit; }

  std::string mutated(std::string text) {
    static const std::vector<std::string> rubbish = {"\"",
                                                     "{",
                                                     "}",
                                                     "[",
                                                     "]",
                                                     ",",
                                                     ":",
                                                     "\\",
                                                     "\xff",
                                                     "\\ud800",
                                                     "null",
                                                     "1e999",
                                                     "NaN",
                                                     "\n",
                                                     "\"T\":",
                                                     "\"Sign\":\"\",",
                                                     "\"EventHandle\":\"x\",",
                                                     "\"Response\":{",
                                                     std::string(1, '\0')};
    for (std::size_t left = 1 + below(4); left > 0 && !text.empty(); --left) {
      const std::size_t at = below(text.size()), length = below(20);
      if (below(2) == 0) text.erase(at, length);
      if (below(2) == 0) text.insert(std::min(at, text.size()), rubbish[below(rubbish.size())]);
      if (below(8) == 0) text.resize(below(text.size() + 1));
    }
    return text;
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "every sample in a body's form comes to the row that is expected") {
  const std::string columns =
      "SELECT format || '|' || event_type || '|' || coalesce(task_id, '-') || '|' ||"
      " coalesce(file_id, '-') || '|' || coalesce(status, '-') || '|' || coalesce(err_code, '-')"
      " FROM events ORDER BY id DESC LIMIT 1";
  std::int64_t sent = 0;
  for (const Expected& row : expected_rows()) {
    CAPTURE(row.file, row.path);
    const std::string body = body_of(row);
    CHECK_THAT(post(body), Contains("{\"outcome\":\"stored\"}"));
    CHECK(text(columns) == row.columns());
    CHECK(text("SELECT json FROM payloads ORDER BY event_id DESC LIMIT 1") == body);
    CHECK(rows() == ++sent);
    clock.advance(11min);  // the same content is an event of its own then
  }
  CHECK(sent > 75);
  CHECK(rows("quarantine") == 0);
  CHECK(rows("events WHERE source <> 'push' OR confirmed_at IS NULL") == 0);
}

TEST_CASE_METHOD(Mutations, "whatever a body is, it is stored, kept or refused, and answered") {
  const int count = 2'000;
  for (int i = 0; i < count; ++i) {
    const std::string body = mutated(bodies[below(bodies.size())]);
    const std::string reply = post(body);
    CAPTURE(body);
    REQUIRE_THAT(reply, body.empty() ? Contains("HTTP/1.1 400 ") : Contains("HTTP/1.1 200 "));
    clock.advance(1min);
  }
  const receiver::Counters& counters = receiver->counters();
  CHECK(counters.stored == static_cast<std::uint64_t>(rows()));
  CHECK(counters.stored > 100);
  CHECK(counters.quarantined > 100);
  CHECK(counters.quarantined == static_cast<std::uint64_t>(rows("quarantine")));
  CHECK(counters.stored + counters.redelivered + counters.quarantined + refused(Refusal::framing) ==
        static_cast<std::uint64_t>(count));
}

TEST_CASE_METHOD(Mutations, "whatever a request is, the next one is served") {
  for (int i = 0; i < 1'000; ++i) {
    const std::string good =
        request(callback(std::to_string(i)),
                "Transfer-Encoding: chunked\r\nX-Forwarded-For: 192.0.2.1\r\n", "/?Sign=1&T=%31");
    const std::string odd = mutated(i % 2 == 0 ? good : request(callback(std::to_string(i))));
    const Client asking = client();
    if (!odd.empty()) asking.send(odd);
    pollfd ready{receiver->descriptor(), POLLIN, 0};
    while (poll(&ready, 1, 1) == 1) receiver->turn();
    clock.advance(1min);
  }
  CHECK_THAT(post(callback("last")), Contains("200 OK"));
  CHECK(number("SELECT count(*) FROM events WHERE origin NOT IN ('127.0.0.1', '192.0.2.1')") == 0);
}
