-- Version 4: what many rows ask.

-- Ids are as good as random, so that an index over them alone is written all over: with ten million
-- rows each event reads and writes a page of its own in each, far more than a cache holds.  Each of
-- 16,384 rows in turn has a part of its own in these, which is what is written to, and deleted as a
-- whole when rows go by age.  `WHERE file_id = '…'` looks into each part (a skip-scan), once for
-- 16,384 rows.  The handle, which has to be unique, can't be divided like this.
DROP INDEX events_by_task;
DROP INDEX events_by_file;
CREATE INDEX events_by_task ON events (id >> 14, task_id) WHERE task_id IS NOT NULL;
CREATE INDEX events_by_file ON events (id >> 14, file_id) WHERE file_id IS NOT NULL;

-- The few among the many.  They grow at their end, and most events are in none of them.
CREATE INDEX events_failed ON events (id, event_type, redelivery_certain, err_code)
  WHERE err_code <> 0;
CREATE INDEX events_remarked ON events (id, event_type, redelivery_certain)
  WHERE diagnostics IS NOT NULL;
CREATE INDEX events_repeated ON events (id, event_type, redelivery_certain, pull_count)
  WHERE pull_count > 1 OR redelivery_certain = 1;

-- What the planner goes by, for ever: of a full database, since in a small one no plan is slow.
-- Without this it takes the index over types for the one over files, and no skip-scan at all.  The
-- numbers: rows, then how many of them share the first column, the first two, and so on.
ANALYZE sqlite_schema;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('events', 'sqlite_autoindex_events_1', '10000000 1'),
  ('events', 'events_by_type', '10000000 500000'),
  ('events', 'events_by_task', '10000000 16384 2'),
  ('events', 'events_by_file', '10000000 16384 4'),
  ('events', 'events_live', '1000 1'),
  ('events', 'events_redelivered', '100000 2'),
  ('events', 'events_failed', '100000 1 1 1 1'),
  ('events', 'events_remarked', '100000 1 1 1'),
  ('events', 'events_repeated', '100000 1 1 1 1'),
  ('payloads', NULL, '10000000');
ANALYZE sqlite_schema;  -- reads them
