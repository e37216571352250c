// The verb import: what it tells of broken files, what it refuses, and how it ends and goes on.
#include "e2e/importing.h"
#include "sqlite/transaction.h"
#include "support/gzip.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <random>
#include <thread>

namespace {

using namespace std::chrono_literals;
using Catch::Contains;
using Catch::StartsWith;
using e2e::Importing;
using e2e::Lines;

std::string element(const std::string& handle) {
  return R"({"EventHandle":")" + handle + R"(","EventType":"FileDeleted","FileDeleteEvent":)" +
         R"({"FileIdSet":[")" + handle + R"("]}})";
}

std::string callback(const std::string& id) {
  return R"({"EventType":"FileDeleted","FileDeleteEvent":{"FileIdSet":[")" + id + R"("]}})";
}

std::string old_event(const std::string& id) {
  return R"({"version":"4.0","eventType":"FileDeleted","data":{"status":0,"fileInfo":[{"fileId":")" +
         id + R"("}]}})";
}

std::string reply(const std::string& events) {
  return R"({"Response":{"EventSet":[)" + events + R"(],"RequestId":"r"}})";
}

// Many events in every form, some of them broken.
std::string mixture(int lines) {
  std::string text;
  for (int i = 0; i < lines; ++i) {
    const std::string id = std::to_string(i);
    text += i % 7 == 0     ? reply(element("a" + id) + ',' + element("b" + id))
            : i % 7 == 1   ? '[' + element("c" + id) + "]"
            : i % 7 == 2   ? callback(id)
            : i % 7 == 3   ? old_event(id)
            : i % 101 == 4 ? element("broken" + id).substr(0, 60)
                           : element(id);
    text += '\n';
  }
  return text;
}

Lines lines_of(const std::string& text) {
  Lines lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE_METHOD(Importing, "what is broken is told with its place, kept, and hinders nothing",
                 "[import]") {
  const std::string cut = reply(element("4") + ",\n" + element("5"));
  const std::string file = folder.write(
      "mixed.txt", element("1") + '\n' + element("2").substr(0, 50) + '\n' + callback("6") +
                       "\nhello\n" + reply(element("3") + ",{\"EventType\":\"x\"}, 7") + '\n' +
                       cut.substr(0, 150) + '\n' + element("8") + "\n{\"a\":1}\n[" +
                       old_event("7"));
  const Ended ended = import({file});
  CHECK(ended.status == 1);
  CHECK(ended.out ==
        file +
            ": 2 x PullEvents reply, 2 x event, 1 x normal callback, 1 x event of format 2.0, 4 x"
            " something else; 8 events: 6 stored, 0 already here, 0 linked, 7 in quarantine\n");
  const Lines problems = lines_of(ended.err);
  const Lines whats = {
      ":2: byte 84: breaks off: its brackets are not closed",
      ":4: byte 201: no JSON object begins here",
      ":5: byte 316: EventSet[1]: EventHandle is missing or empty",
      ":5: byte 335: EventSet[2]: byte 0: not an object",
      ":6: byte 356: breaks off: its brackets are not closed; taken all the same: 1 event",
      ":7: byte 466: breaks off: its brackets are not closed",
      ":9: byte 591: it is neither an event nor a reply",
      ":10: byte 599: the list that begins here is not closed"};
  INFO(ended.err);
  REQUIRE(problems.size() == whats.size());
  for (std::size_t i = 0; i < whats.size(); ++i)
    CHECK_THAT(problems[i], StartsWith(file + whats[i]));
  CHECK(query(database,
              "SELECT group_concat(event_handle) FROM (SELECT event_handle FROM events"
              " WHERE event_handle NOT LIKE 'import-%' ORDER BY id)") == Lines{"1,3,4,8"});
  CHECK(number("SELECT count(*) FROM events WHERE format = 'v2.0'") == 1);
  CHECK(number("SELECT count(*) FROM quarantine WHERE source = 'import' AND origin = '" + file +
               "' AND reason LIKE '" + file + ", byte %'") == 7);
  CHECK(number("SELECT count(*) FROM quarantine WHERE reason LIKE '%, byte 316, EventSet[1]: %'") ==
        1);
  CHECK(number("SELECT length(raw) FROM quarantine WHERE reason LIKE '%, byte 201: %'") == 5);

  const Lines rows = rows_of(database);
  const Ended again = import({file});
  CHECK(again.status == 1);
  CHECK(again.err == ended.err);
  CHECK_THAT(again.out, Contains("0 stored, 13 already here, 0 linked, 0 in quarantine"));
  CHECK(rows_of(database) == rows);
}

TEST_CASE_METHOD(Importing, "an event that breaks off is not taken as far as it came", "[import]") {
  const std::string half = element("2").substr(0, element("2").size() - 1);
  const std::string reply_cut = reply(element("1") + ',' + half);
  const Ended ended =
      import({folder.write("cut", reply_cut.substr(0, reply_cut.find(half) + half.size()))});
  CHECK(ended.status == 1);
  CHECK_THAT(ended.out,
             Contains("1 x PullEvents reply; 1 event: 1 stored, 0 already here, 0 linked,"
                      " 1 in quarantine"));
  CHECK(import({folder.write("alone", callback("3").substr(0, callback("3").size() - 1))}).status ==
        1);
  CHECK(query(database, "SELECT group_concat(event_handle) FROM events") == Lines{"1"});
  CHECK(number("SELECT count(*) FROM quarantine") == 2);
}

TEST_CASE_METHOD(Importing, "twenty problems of a file are told, the rest is counted", "[import]") {
  std::string text;
  for (int i = 0; i < 25; ++i) text += "{\"a\":" + std::to_string(i) + "}\n";
  const std::string file = folder.write("none.jsonl", text);
  const Lines told = lines_of(import({file}).err);
  REQUIRE(told.size() == 21);
  CHECK_THAT(told[19], StartsWith(file + ":20: "));
  CHECK(told[20] == file + ": and 5 more like these");
  CHECK(number("SELECT count(*) FROM quarantine") == 25);
}

TEST_CASE_METHOD(Importing, "a file that is no file of events does not fill the quarantine",
                 "[import]") {
  std::string text;
  for (int i = 0; i < 1'500; ++i) text += "{\"a\":" + std::to_string(i) + "}\n";
  text += element("1") + "\n{\"b\":1}\n";
  const Ended ended = import({folder.write("other.jsonl", text)});
  CHECK(ended.status == 1);
  CHECK_THAT(ended.out,
             Contains("1 stored, 0 already here, 0 linked, 1001 in quarantine, 500 passed over"));
  CHECK(number("SELECT count(*) FROM quarantine") == 1'001);
}

TEST_CASE_METHOD(Importing, "the handle of a stored event with other content is told", "[import]") {
  std::string other = element("1");
  other.replace(other.rfind('1'), 1, "2");
  const Ended ended = import({folder.write("two", element("1") + "\n\n" + other)});
  CHECK(ended.status == 1);
  CHECK_THAT(ended.err, Contains("two:3: byte 85: $: its handle is that of a stored event"));
  CHECK_THAT(ended.out, Contains("1 stored, 0 already here, 0 linked, 1 in quarantine"));
}

TEST_CASE_METHOD(Importing, "files that can't be read are told, and the others taken", "[import]") {
  const std::string good = folder.write("good", callback("1"));
  const std::string packed = support::gzip(mixture(2'000));
  const std::string cut = folder.write("cut.gz", packed.substr(0, packed.size() / 2));
  const std::string wide = folder.write("wide", std::string("\xFF\xFE{\0}\0", 6));
  const Ended ended = import({folder / "missing", folder.path(), cut, wide, good});
  CHECK(ended.status == 1);
  CHECK_THAT(ended.err, Contains("missing: can't be opened: No such file"));
  CHECK_THAT(ended.err, Contains(folder.path() + ": is a folder: name the files in it"));
  CHECK_THAT(ended.err, Contains("cut.gz: the gzip breaks off"));
  CHECK_THAT(ended.err, Contains("wide:1: byte 0: is UTF-16"));
  CHECK_THAT(ended.out, Contains("good: 1 x normal callback; 1 event: 1 stored"));
  CHECK(number("SELECT count(*) FROM events WHERE origin LIKE '%cut.gz'") > 500);
}

TEST_CASE_METHOD(Importing, "the database is not read as a file", "[import]") {
  CHECK(import({folder.write("one", callback("1"))}).status == 0);
  const Lines rows = rows_of(database);
  const std::string link = folder / "link";
  std::filesystem::create_hard_link(database, link);
  for (const std::string& file : {database, database + "-wal", database + ".lock", link}) {
    const Ended ended = import({file});
    CHECK(ended.status == 1);
    CHECK_THAT(ended.err, Contains(file + ": belongs to the database"));
  }
  support::Process piped({"sh", "-c", "\"$0\" --config \"$2\" import - < \"$1\"",
                          BINARIES "/vodeventd", database, config(database)});
  CHECK(piped.wait(20s) == 1);
  CHECK_THAT(piped.err(), Contains("-: belongs to the database"));
  CHECK(rows_of(database) == rows);
}

TEST_CASE_METHOD(Importing, "a dry run tells what there is and touches nothing", "[import]") {
  const std::string file = folder.write("some", mixture(300));
  const Ended dry = import({"--dry-run", file});
  CHECK(dry.status == 1);
  CHECK_FALSE(std::filesystem::exists(database));
  const Ended real = import({file});
  CHECK(dry.err == real.err);
  CHECK_THAT(dry.out, Contains(" " + std::to_string(number("SELECT count(*) FROM events")) +
                               " would be taken, " +
                               std::to_string(number("SELECT count(*) FROM quarantine")) +
                               " would go to quarantine\n"));
}

TEST_CASE_METHOD(Importing, "programs read one JSON object for each file and a total", "[import]") {
  const std::string file = folder.write("a \"b\"", element("1") + "\n{\"a\":1}\n");
  const Ended ended = import({"--json", file, folder / "missing"});
  const Lines objects = lines_of(ended.out);
  REQUIRE(objects.size() == 3);
  sqlite::Database memory(":memory:", sqlite::Database::Mode::create);
  sqlite::Statement read(memory, "SELECT json_extract(?1, ?2)");
  const auto at = [&](std::size_t object, const std::string& path) {
    sqlite::Rows rows = read.query(objects[object], path);
    REQUIRE(rows.next());
    return std::string(rows.text(0));
  };
  CHECK(at(0, "$.file") == file);
  CHECK(at(0, "$.texts.event") == "1");
  CHECK(at(0, "$.stored") == "1");
  CHECK(at(0, "$.quarantined") == "1");
  CHECK(at(0, "$.problems[0].line") == "2");
  CHECK(at(0, "$.problems[0].byte") == "84");
  CHECK_THAT(at(1, "$.trouble"), Contains("can't be opened"));
  CHECK(at(2, "$.total.events") == "1");
  CHECK(at(2, "$.total.problem_count") == "1");
}

TEST_CASE_METHOD(Importing, "equal events that were exported stay as many", "[import]") {
  const std::string event = callback("1");
  const std::string file =
      folder.write("exported.jsonl", R"({"event_handle":"push-1","event":)" + event + "}\n" +
                                         R"({"event_handle":"push-2","event":)" + event + "}\n");
  CHECK(import({file}).status == 0);
  CHECK(query(database, "SELECT event_handle FROM events ORDER BY id") ==
        Lines{"push-1", "push-2"});
  CHECK_THAT(import({file}).out, Contains("0 stored, 2 already here"));
}

TEST_CASE_METHOD(Importing, "import reports what it stored before the store gave up", "[import]") {
  const std::string pipe = folder / "pipe", event = callback("2");
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  support::Process process = start({folder.write("one", callback("1")), pipe});
  const int writer = open(pipe.c_str(), O_WRONLY);  // waits until it is read
  REQUIRE(writer >= 0);
  sqlite::Database other(database, sqlite::Database::Mode::read_write);
  const sqlite::Transaction lock(other);
  REQUIRE(write(writer, event.data(), event.size()) == static_cast<ssize_t>(event.size()));
  close(writer);
  CHECK(process.wait(20s) == 74);
  CHECK_THAT(process.err(), Contains(pipe + ": could not go on; what was taken is stored"));
  CHECK_THAT(process.out(),
             Contains(" 1 stored") && Contains(pipe + ": ") && Contains(" 0 stored"));
}

TEST_CASE_METHOD(Importing, "one process at a time works on a database", "[import]") {
  const std::string pipe = folder / "pipe";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  const std::string file = folder.write("one", callback("1"));
  support::Process first = start({pipe});
  const int writer = open(pipe.c_str(), O_WRONLY);  // waits until it is read
  REQUIRE(writer >= 0);
  const Ended second = import({file});
  CHECK(second.status == 75);
  CHECK_THAT(second.err, Contains("is in use by pid " + std::to_string(first.pid())) &&
                             Contains("systemctl stop vodeventd"));
  CHECK(import({"--dry-run", file}).status == 0);
  close(writer);
  CHECK(first.wait(20s) == 0);
  CHECK(import({file}).status == 0);
}

TEST_CASE_METHOD(Importing, "a signal ends it behind a transaction, and the same command goes on",
                 "[import]") {
  const std::string pipe = folder / "pipe";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  const std::string text = mixture(1'000);
  const int number_of_signal = GENERATE(SIGINT, SIGTERM, SIGHUP);
  support::Process process = start({pipe});
  const int writer = open(pipe.c_str(), O_WRONLY);
  REQUIRE(writer >= 0);
  REQUIRE(write(writer, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  for (int i = 0; i < 400; ++i) {
    if (std::filesystem::exists(database) && number("PRAGMA user_version") > 0 &&
        number("SELECT count(*) FROM events") >= 500)
      break;
    std::this_thread::sleep_for(25ms);
  }
  process.signal(number_of_signal);
  CHECK(process.wait(20s) == 69);
  close(writer);
  CHECK_THAT(process.err(), Contains("ended by a signal in " + pipe) &&
                                Contains("the same command again takes the rest"));
  CHECK(number("SELECT count(*) FROM events") >= 500);
  const std::string file = folder.write("file", text);
  CHECK(import({file}).status == 1);
  const Lines rows = rows_of(database);
  database = folder / "at-once.db";
  CHECK(import({file}).status == 1);
  CHECK(rows_of(database) == rows);
}

TEST_CASE_METHOD(Importing, "killed at any moment it ends with the same rows", "[import]") {
  const auto seed = std::random_device()();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const std::string file = folder.write("file.gz", support::gzip(mixture(30'000)));
  CHECK(import({file}).status == 1);
  const Lines rows = rows_of(database);
  database = folder / "killed.db";
  int kills = 0;
  for (int i = 0; i < 25; ++i) {
    support::Process process = start({file});
    std::this_thread::sleep_for(std::chrono::milliseconds(20 + random() % 400));
    process.signal(SIGKILL);
    kills += process.wait(20s) == 128 + SIGKILL ? 1 : 0;
  }
  CHECK(kills > 0);
  CHECK(import({file}).status == 1);
  CHECK(rows_of(database) == rows);
  const Ended audit = [&] {
    support::Process process({BINARIES "/vodeventd", "--config", config(database), "audit"});
    const auto status = process.wait(60s);
    return Ended{status, process.out(), process.err()};
  }();
  CHECK(audit.status == 0);
  INFO(audit.out);
}
