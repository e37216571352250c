// Databases as earlier versions have left them.
#pragma once

#include "inbox/schema.h"
#include "sqlite/database.h"

#include <cstddef>
#include <string>

namespace inbox_fixture {

// Of this version, with confirmed events whose JSON takes `bytes` each, and one row in quarantine.
inline void make_old(const std::string& path, std::size_t version, int events, int bytes) {
  sqlite::Database old(path, sqlite::Database::Mode::create);
  old.run("PRAGMA auto_vacuum = NONE; PRAGMA journal_mode = WAL");
  for (std::size_t i = 0; i < version; ++i) old.run(inbox::migrations[i]);
  old.run("PRAGMA user_version = " + std::to_string(version));
  const std::string count = std::to_string(events);
  old.run(
      "BEGIN; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + count +
      ") INSERT INTO events (event_handle, event_type, type_known, received_at, stored_at,"
      " pull_request_id, last_received_at, last_pull_request_id, confirmed_at, confirm_request_id,"
      " fingerprint) SELECT 'h' || i, 'ConcatComplete', 1, t, t, 'r', t, 'r', t, 'c',"
      " randomblob(32) FROM n, (SELECT '2026-01-01T00:00:00.000Z' AS t);"
      "INSERT INTO payloads SELECT id, '{\"x\":\"' || hex(randomblob(" +
      std::to_string(bytes / 2) +
      ")) || '\"}' FROM events;"
      "INSERT INTO quarantine (event_handle, reason, received_at, stored_at, pull_request_id,"
      " fingerprint, raw) VALUES (NULL, 'broken', 't', 't', 'r', x'00', x'00')");
  if (version > 1)
    old.run("UPDATE counters SET pulled = " + count + " + 1, stored = " + count +
            ", quarantined = 1, confirmed = " + count);
  old.run("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace inbox_fixture
