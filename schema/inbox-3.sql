-- Version 3: what keeping house asks.

-- When it came again the last time; null: it has not.  What still comes is not old.
ALTER TABLE quarantine ADD COLUMN last_received_at TEXT;

-- Whether a handle is known is asked of confirmed rows too.
DROP INDEX quarantine_live;
CREATE INDEX quarantine_by_handle ON quarantine (event_handle) WHERE event_handle IS NOT NULL;
