-- Views for people.  They hold nothing, so they are made anew whenever the program brings others.

-- Each event once, with its JSON: what is certainly a redelivery is left out.  What only may be one
-- is here (redelivery_certain = 0), since it may as well be an equal event of its own.  The handle is
-- that of the first delivery.
DROP VIEW IF EXISTS distinct_events;
CREATE VIEW distinct_events AS
  SELECT events.*, payloads.json
  FROM events JOIN payloads ON payloads.event_id = events.id
  WHERE redelivery_certain IS NOT 1;

-- Delivered and stored, but not known to be confirmed: empty but for the last moments.  Left out after
-- an hour what may well have been confirmed (it did not come again), and after four days the rest
-- (the service has dropped it).
DROP VIEW IF EXISTS unconfirmed;
CREATE VIEW unconfirmed AS
  SELECT id, event_handle, event_type, task_id, file_id, received_at, pull_count, confirm_unknown,
         CAST((julianday('now') - julianday(last_received_at)) * 86400 AS INTEGER) AS age_s
  FROM events
  WHERE confirmed_at IS NULL AND superseded_by IS NULL
    AND julianday(last_received_at) > julianday('now') - iif(confirm_unknown, 1.0 / 24, 4);

-- The newest hundred deliveries, newest first.
DROP VIEW IF EXISTS recent;
CREATE VIEW recent AS
  SELECT id, received_at, event_type, task_id, file_id, status, err_code, redelivery_of,
         confirmed_at
  FROM events ORDER BY id DESC LIMIT 100;

-- One line for each event type.
DROP VIEW IF EXISTS stats;
CREATE VIEW stats AS
  SELECT event_type,
         count(*) FILTER (WHERE redelivery_certain IS NOT 1) AS events,
         count(*) FILTER (WHERE redelivery_certain = 1) + sum(pull_count - 1) AS redeliveries,
         count(*) FILTER (WHERE err_code <> 0 AND redelivery_certain IS NOT 1) AS failed,
         count(*) FILTER (WHERE confirmed_at IS NULL AND superseded_by IS NULL) AS unconfirmed,
         count(diagnostics) FILTER (WHERE redelivery_certain IS NOT 1) AS with_diagnostics,
         min(received_at) AS first_received_at,
         max(received_at) AS last_received_at
  FROM events GROUP BY event_type;
