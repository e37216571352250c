-- Version 2: what makes the promise provable.

-- One row.  Each transaction that changes events or quarantine changes this row by as much, so the
-- two differ only through a defect or a foreign hand; `vodeventd audit` compares them.
CREATE TABLE counters (
  id                  INTEGER PRIMARY KEY CHECK (id = 1),
  pulled              INTEGER NOT NULL DEFAULT 0,  -- deliveries; each has one of these outcomes:
  stored              INTEGER NOT NULL DEFAULT 0,  --   a row of its own
  relinked            INTEGER NOT NULL DEFAULT 0,  --   a row that is linked to an earlier delivery
  redelivered         INTEGER NOT NULL DEFAULT 0,  --   counted on the row of an earlier delivery
  quarantined         INTEGER NOT NULL DEFAULT 0,  --   in quarantine, since it is no event
  conflicts           INTEGER NOT NULL DEFAULT 0,  --   in quarantine, since it contradicts one
  confirmed           INTEGER NOT NULL DEFAULT 0,  -- rows of both tables that became confirmed
  strays              INTEGER NOT NULL DEFAULT 0,  -- confirmed without a row: never
  deleted_events      INTEGER NOT NULL DEFAULT 0,  -- rows that were deleted, by whomever
  deleted_quarantined INTEGER NOT NULL DEFAULT 0,
  deleted_pulls       INTEGER NOT NULL DEFAULT 0,  -- the sum of their pull_count
  deleted_confirmed   INTEGER NOT NULL DEFAULT 0
) STRICT;

DELETE FROM payloads WHERE event_id NOT IN (SELECT id FROM events);
DROP VIEW IF EXISTS schema_doc;  -- a table from now on

-- Of version 1's rows; what was deleted from it before is counted as delivered once.
INSERT INTO counters (id, pulled, stored, relinked, redelivered, quarantined, conflicts, confirmed,
                      deleted_events, deleted_pulls)
  SELECT 1, pulls + gone, roots + gone, links, pulls - roots - links - odd - conflicting, odd,
         conflicting, settled, gone, gone
  FROM (SELECT *, coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0)
                  - roots - links AS gone
    FROM (SELECT
      (SELECT coalesce(sum(pull_count), 0) FROM events)
        + (SELECT coalesce(sum(pull_count), 0) FROM quarantine) AS pulls,
      (SELECT count(*) FROM events WHERE redelivery_of IS NULL) AS roots,
      (SELECT count(*) FROM events WHERE redelivery_of IS NOT NULL) AS links,
      (SELECT count(*) FROM quarantine WHERE reason NOT LIKE 'the handle of a stored%') AS odd,
      (SELECT count(*) FROM quarantine WHERE reason LIKE 'the handle of a stored%') AS conflicting,
      (SELECT count(confirmed_at) FROM events) + (SELECT count(confirmed_at) FROM quarantine)
        AS settled));

-- What did not go the straight way: further deliveries of a handle, and confirms that failed.  The
-- straight way stands in events itself and costs nothing here.  Of each handle the first hundred.
CREATE TABLE history (
  id           INTEGER PRIMARY KEY,
  event_handle TEXT NOT NULL,
  at           TEXT NOT NULL,
  what         TEXT NOT NULL,  -- 'delivered again', 'confirm unanswered', …
  code         TEXT,           -- of a confirm: the API's code, or ours in lower case
  request_id   TEXT
) STRICT;
CREATE INDEX history_by_handle ON history (event_handle);

CREATE TRIGGER event_deleted AFTER DELETE ON events BEGIN
  UPDATE counters SET
    deleted_events = deleted_events + 1,
    deleted_pulls = deleted_pulls + old.pull_count,
    deleted_confirmed = deleted_confirmed + (old.confirmed_at IS NOT NULL);
  DELETE FROM history WHERE event_handle = old.event_handle;
  DELETE FROM payloads WHERE event_id = old.id;
END;

CREATE TRIGGER quarantined_deleted AFTER DELETE ON quarantine BEGIN
  UPDATE counters SET
    deleted_quarantined = deleted_quarantined + 1,
    deleted_pulls = deleted_pulls + old.pull_count,
    deleted_confirmed = deleted_confirmed + (old.confirmed_at IS NOT NULL);
  DELETE FROM history WHERE event_handle = old.event_handle
    AND NOT EXISTS (SELECT 1 FROM events WHERE event_handle = old.event_handle);
END;
