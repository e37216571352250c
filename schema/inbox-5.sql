-- Version 5: events that were not pulled.

-- `source` says which way a row came: pull, push (a normal callback) or import (a file).  Only what
-- was pulled is to be confirmed.  What was pushed or imported is settled from the start, by
-- confirmed_at = stored_at and an empty confirm_request_id, so that whatever asks for rows that are
-- not confirmed passes it over.  The columns whose names speak of pulls count and time deliveries by
-- any way; so do the counters.
--
-- event_handle is the key of a row, so what came without one gets a key of ours:
--   push-<received_at>-<64 hex digits of the fingerprint>
--   import-<the same digits>

-- Of the event's JSON: v3.0 (EventContent), or v2.0 (version, eventType, data).
ALTER TABLE events ADD COLUMN format TEXT NOT NULL DEFAULT 'v3.0';

-- Where it came from: of push the peer's address, of import the file's name, '-' for standard
-- input; null for pull.
ALTER TABLE events ADD COLUMN origin TEXT;

-- The same.
ALTER TABLE quarantine ADD COLUMN origin TEXT;

-- Of each pushed or imported event is asked whether its content came before.  A pulled one is not in
-- it: that is recognised by its handle, or among the few that are not confirmed.
CREATE INDEX events_by_content ON events (fingerprint) WHERE source <> 'pull';

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('events', 'events_by_content', '1000000 2');
ANALYZE sqlite_schema;  -- reads it
