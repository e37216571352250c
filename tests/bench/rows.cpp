#include "bench/rows.h"

#include "bench/table.h"
#include "sqlite/database.h"
#include "sqlite/statement.h"
#include "sqlite/transaction.h"

#include <algorithm>

namespace bench {
namespace {

constexpr std::int64_t rows_at_once = 250'000;

// ?1: so many rows, after ?2.  100 came each second, and the ten millionth comes now; one in 200
// failed.
constexpr std::string_view make_events = R"(
  WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1),
    dice AS MATERIALIZED (
      SELECT i, abs(random()) AS r, lower(hex(randomblob(16))) AS h,
             lower(hex(randomblob(16))) AS request,
             strftime('%Y-%m-%dT%H:%M:%fZ', 'now', ((?2 + i - 10000000) * 0.01) || ' seconds') AS at FROM n)
  INSERT INTO events (event_handle, event_type, type_known, task_id, file_id, status, err_code,
                      received_at, stored_at, pull_request_id, last_received_at,
                      last_pull_request_id, confirmed_at, confirm_request_id, fingerprint)
    SELECT 1000000000000000000 + r % 8000000000000000000,
           CASE i % 8 WHEN 0 THEN 'NewFileUpload' WHEN 1 THEN 'FileUploaded'
             WHEN 2 THEN 'TranscodeComplete' WHEN 3 THEN 'ConcatComplete'
             WHEN 4 THEN 'FileDeleted' ELSE 'ProcedureStateChanged' END,
           1, '1500000001-Transcode-' || h || 't', 1000000000000000000 + abs(random()) % 8000000000000000000,
           'FINISH', iif(r % 200 = 0, 70000, 0),
           at, at, request, at, request, at, request, randomblob(32)
    FROM dice)";

// Of all events that have none yet: 1 KB each.
constexpr std::string_view make_payloads = R"(
  INSERT INTO payloads
    SELECT id, format('{"EventHandle":"%s","EventType":"%s","TranscodeCompleteEvent":{"TaskId":"%s",'
      || '"FileId":"%s","Status":"%s","ErrCode":%d,"Message":"","PlayInfoSet":['
      || '{"Url":"https://vod.example.com/%s/v.f100010.mp4","Definition":100010,"Bitrate":450000,'
      || '"Height":360,"Width":640,"Size":4718592,"Duration":83.2,"Md5":"%s"},'
      || '{"Url":"https://vod.example.com/%s/v.f100030.mp4","Definition":100030,"Bitrate":1800000,'
      || '"Height":1080,"Width":1920,"Size":18874368,"Duration":83.2,"Md5":"%s"}],'
      || '"SessionId":"%s","SessionContext":"%s"}}', event_handle, event_type, task_id, file_id,
      status, err_code, file_id, hex(fingerprint), file_id, hex(fingerprint), pull_request_id,
      hex(randomblob(80)))
    FROM events WHERE id > ?1)";

}  // namespace

void fill(const std::string& path, std::int64_t total) {
  sqlite::Database database(path, sqlite::Database::Mode::read_write);
  database.run(
      "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
      "PRAGMA cache_size = -4000000; PRAGMA temp_store = MEMORY");
  sqlite::Statement events(database, make_events), payloads(database, make_payloads);
  sqlite::Statement count(database,
                          "UPDATE counters SET pulled = pulled + ?1, stored = stored + ?1,"
                          " confirmed = confirmed + ?1");
  for (;;) {
    const std::int64_t there = database.number("SELECT max(id) FROM events");
    if (there >= total) break;
    progress("filling: " + grouped(there) + " of " + grouped(total) + " rows");
    const std::int64_t rows = std::min(rows_at_once, total - there);
    sqlite::Transaction transaction(database);
    events.run(rows, there);
    payloads.run(there);
    count.run(rows);
    transaction.commit();
  }
  database.run("PRAGMA synchronous = FULL; PRAGMA journal_mode = DELETE");
}

}  // namespace bench
