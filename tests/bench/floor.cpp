// The floor: the least that a program can do that pulls, stores before it confirms, and confirms.
//   bench-floor URL SECRET_ID SECRET_KEY DATABASE [PULLS_PER_S]
// One request after the other over one connection; a reply is cut into its events by counting
// braces; each event's bytes are one row without an index, each reply one transaction, synced.
// Nothing is decoded, told apart or recorded.  Ends at the first reply without events.  With
// PULLS_PER_S it rests between the pulls, as the service's limit makes everyone do.
#include "base/owned.h"
#include "tc3/sign.h"

#include <curl/curl.h>
#include <sqlite3.h>

#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

void must(bool good, const char* what) {
  if (!good) throw std::runtime_error(what);
}

std::size_t collect(char* data, std::size_t, std::size_t size, void* body) {
  static_cast<std::string*>(body)->append(data, size);
  return size;
}

class Api {
 public:
  Api(std::string url, tc3::Credential credential)
      : url_(std::move(url)), credential_(std::move(credential)), curl_(curl_easy_init()) {
    curl_easy_setopt(curl_.get(), CURLOPT_URL, url_.c_str());
    curl_easy_setopt(curl_.get(), CURLOPT_WRITEFUNCTION, &collect);
    curl_easy_setopt(curl_.get(), CURLOPT_WRITEDATA, &reply_);
  }

  // The reply's body, good until the next call.
  const std::string& call(std::string_view action, const std::string& body) {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const std::string host = url_.substr(url_.find("://") + 3);
    const tc3::Request request{.host = host, .action = action, .body = body};
    curl_slist* list = nullptr;
    for (const std::string& line : tc3::signed_headers(request, credential_, now))
      list = curl_slist_append(list, line.c_str());
    const base::Owned<curl_slist, curl_slist_free_all> headers(list);
    curl_easy_setopt(curl_.get(), CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl_.get(), CURLOPT_POSTFIELDS, body.c_str());
    reply_.clear();
    must(curl_easy_perform(curl_.get()) == CURLE_OK, "a request failed");
    return reply_;
  }

 private:
  std::string url_;
  tc3::Credential credential_;
  std::string reply_;
  base::Owned<CURL, curl_easy_cleanup> curl_;
};

// The end of the object that begins at `at`.
std::size_t end_of_object(std::string_view text, std::size_t at) {
  int depth = 0;
  bool quoted = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted && c == '\\')
      ++at;
    else if (c == '"')
      quoted = !quoted;
    else if (!quoted && c == '{')
      ++depth;
    else if (!quoted && c == '}' && --depth == 0)
      return at + 1;
  }
  throw std::runtime_error("a reply is cut short");
}

std::vector<std::string_view> events_of(std::string_view reply) {
  constexpr std::string_view mark = "\"EventSet\":[";
  std::vector<std::string_view> events;
  std::size_t at = reply.find(mark);
  if (at == reply.npos) return events;
  for (at += mark.size(); at < reply.size() && reply[at] != ']'; at += reply[at] == ',') {
    const std::size_t end = end_of_object(reply, at);
    events.push_back(reply.substr(at, end - at));
    at = end;
  }
  return events;
}

std::string_view handle_of(std::string_view event) {
  constexpr std::string_view mark = "\"EventHandle\":\"";
  const std::size_t at = event.find(mark) + mark.size();
  return event.substr(at, event.find('"', at) - at);
}

class Store {
 public:
  explicit Store(const char* path) {
    sqlite3* connection = nullptr;
    const int result = sqlite3_open(path, &connection);
    connection_.reset(connection);
    must(result == SQLITE_OK, "the database can't be opened");
    run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
        "CREATE TABLE events (id INTEGER PRIMARY KEY, json BLOB NOT NULL)");
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(connection, "INSERT INTO events (json) VALUES (?1)", -1, &statement,
                       nullptr);
    insert_.reset(statement);
  }

  void save(const std::vector<std::string_view>& events) {
    run("BEGIN");
    for (const std::string_view event : events) {
      sqlite3_bind_blob(insert_.get(), 1, event.data(), static_cast<int>(event.size()), nullptr);
      must(sqlite3_step(insert_.get()) == SQLITE_DONE, "an insert failed");
      sqlite3_reset(insert_.get());
    }
    run("COMMIT");
  }

 private:
  void run(const char* script) {
    must(sqlite3_exec(connection_.get(), script, nullptr, nullptr, nullptr) == SQLITE_OK, script);
  }

  base::Owned<sqlite3, sqlite3_close> connection_;
  base::Owned<sqlite3_stmt, sqlite3_finalize> insert_;
};

void drain(Api& api, Store& store, double pulls_per_s) {
  const std::chrono::nanoseconds pace(pulls_per_s > 0 ? static_cast<long>(1e9 / pulls_per_s) : 0);
  for (auto next = std::chrono::steady_clock::now();; next += pace) {
    std::this_thread::sleep_until(next);
    const std::vector<std::string_view> events = events_of(api.call("PullEvents", "{}"));
    if (events.empty()) return;
    store.save(events);
    std::string body = "{\"EventHandles\":[";
    for (const std::string_view event : events)
      body.append(body.back() == '[' ? "\"" : ",\"").append(handle_of(event)) += '"';
    api.call("ConfirmEvents", body + "]}");
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    must(argc == 5 || argc == 6,
         "usage: bench-floor URL SECRET_ID SECRET_KEY DATABASE [PULLS_PER_S]");
    Api api(argv[1], {argv[2], base::Secret(argv[3]), {}});
    Store store(argv[4]);
    drain(api, store, argc == 6 ? std::stod(argv[5]) : 0);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench-floor: %s\n", error.what());
    return 1;
  }
}
