-- The inbox, version 1.  Every event that was pulled has a row in events or in quarantine before it
-- is confirmed.  Times are UTC, ISO 8601 with milliseconds: they sort as text and date functions
-- read them.  Comments stay in the database: `.schema events` explains itself.

PRAGMA application_id = 1987011685;  -- "vode"

-- What the file says of itself.
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row for each handle that was delivered.  The received JSON stands in payloads, so that this
-- table stays narrow: lists and counts read a tenth of the bytes, and recording a confirm rewrites
-- a short row instead of the event's text.
CREATE TABLE events (
  id                   INTEGER PRIMARY KEY AUTOINCREMENT,  -- cursor: grows, never used twice
  event_handle         TEXT NOT NULL UNIQUE,  -- the token to confirm this delivery; a key of ours
                                              -- (push-…, import-…) where it came with none
  event_type           TEXT NOT NULL,     -- as received
  type_known           INTEGER NOT NULL,  -- 0: no struct for it yet; the JSON is kept all the same
  sub_app_id           INTEGER,           -- of the configuration: events do not carry it
  task_id              TEXT,              -- TaskId, FileId, Status, ErrCode where the struct has them
  file_id              TEXT,
  status               TEXT,
  err_code             INTEGER,
  source               TEXT NOT NULL DEFAULT 'pull',  -- the way it came: pull, push or import
  received_at          TEXT NOT NULL,     -- the first byte of the reply came
  stored_at            TEXT NOT NULL,     -- the transaction that made it durable
  pull_request_id      TEXT NOT NULL,     -- RequestId of the first PullEvents that gave this handle
  pull_count           INTEGER NOT NULL DEFAULT 1,  -- how often this handle was delivered
  last_received_at     TEXT NOT NULL,
  last_pull_request_id TEXT NOT NULL,
  confirmed_at         TEXT,              -- ConfirmEvents succeeded, for this or a later handle of it;
                                          -- stored_at where nothing is to be confirmed (push, import)
  confirm_request_id   TEXT,
  confirm_unknown      INTEGER NOT NULL DEFAULT 0,  -- 1: a confirm was sent, its outcome is not known
  redelivery_of        INTEGER REFERENCES events (id),  -- first delivery of the same event
  redelivery_certain   INTEGER,           -- 0: it may be an equal event of its own
  superseded_by        INTEGER REFERENCES events (id),  -- a later delivery carries the live handle
  fingerprint          BLOB NOT NULL,     -- SHA-256 of the content without its handle
  diagnostics          TEXT               -- JSON array: where the event departs from the schema
) STRICT;

-- The JSON of each event.
CREATE TABLE payloads (
  event_id INTEGER PRIMARY KEY REFERENCES events (id),
  json     TEXT NOT NULL                  -- the event's bytes exactly as received
) STRICT;

-- What could not be taken for an event, with its bytes, and what contradicts a stored event.
CREATE TABLE quarantine (
  id                 INTEGER PRIMARY KEY AUTOINCREMENT,
  event_handle       TEXT,                -- null: it has none and can never be confirmed
  reason             TEXT NOT NULL,
  sub_app_id         INTEGER,
  source             TEXT NOT NULL DEFAULT 'pull',
  received_at        TEXT NOT NULL,
  stored_at          TEXT NOT NULL,
  pull_request_id    TEXT NOT NULL,
  pull_count         INTEGER NOT NULL DEFAULT 1,
  confirmed_at       TEXT,
  confirm_request_id TEXT,
  fingerprint        BLOB NOT NULL,       -- SHA-256 of the bytes
  raw                BLOB NOT NULL
) STRICT;

-- Each index is paid for by every event, so each answers a question that is asked:
CREATE INDEX events_by_type ON events (event_type);                                   -- views by type
CREATE INDEX events_by_task ON events (task_id) WHERE task_id IS NOT NULL;            -- "my task"
CREATE INDEX events_by_file ON events (file_id) WHERE file_id IS NOT NULL;            -- "my file"
CREATE INDEX events_live ON events (fingerprint)                                      -- redeliveries
  WHERE confirmed_at IS NULL AND superseded_by IS NULL;
CREATE INDEX events_redelivered ON events (redelivery_of) WHERE redelivery_of IS NOT NULL;
CREATE INDEX quarantine_by_fingerprint ON quarantine (fingerprint);
CREATE INDEX quarantine_live ON quarantine (event_handle) WHERE confirmed_at IS NULL;
