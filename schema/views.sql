-- Views for people.  They hold nothing, so they are made anew whenever the program brings others.

-- Each event once, with its JSON: what is certainly a redelivery is left out.  What only may be one
-- is here (redelivery_certain = 0), since it may as well be an equal event of its own.  The handle is
-- that of the first delivery.
DROP VIEW IF EXISTS distinct_events;
CREATE VIEW distinct_events AS
  SELECT events.*, payloads.json
  FROM events JOIN payloads ON payloads.event_id = events.id
  WHERE redelivery_certain IS NOT 1;

-- Pulled and stored, but not known to be confirmed: empty but for the last moments.  Left out after
-- an hour what may well have been confirmed (it did not come again), and after four days the rest
-- (the service has dropped it).
DROP VIEW IF EXISTS unconfirmed;
CREATE VIEW unconfirmed AS
  SELECT id, event_handle, event_type, task_id, file_id, received_at, pull_count, confirm_unknown,
         CAST((julianday('now') - julianday(last_received_at)) * 86400 AS INTEGER) AS age_s
  FROM events
  WHERE confirmed_at IS NULL AND superseded_by IS NULL
    AND julianday(last_received_at) > julianday('now') - iif(confirm_unknown, 1.0 / 24, 4);

-- The newest hundred deliveries, newest first.  What was pushed or imported is confirmed as it is
-- stored.
DROP VIEW IF EXISTS recent;
CREATE VIEW recent AS
  SELECT id, received_at, source, event_type, task_id, file_id, status, err_code, redelivery_of,
         confirmed_at
  FROM events ORDER BY id DESC LIMIT 100;

-- One line for each event type.  Only the index over types is read as a whole; the rest is counted
-- where the few are listed.
DROP VIEW IF EXISTS stats;
CREATE VIEW stats AS
  WITH
    kinds AS (SELECT event_type, count(*) AS deliveries, min(id) AS first, max(id) AS last
      FROM events INDEXED BY events_by_type GROUP BY event_type),
    repeated AS (SELECT event_type, count(*) FILTER (WHERE redelivery_certain = 1) AS relinked,
                        sum(pull_count - 1) AS again
      FROM events INDEXED BY events_repeated WHERE pull_count > 1 OR redelivery_certain = 1
      GROUP BY event_type),
    failed AS (SELECT event_type, count(*) AS count
      FROM events INDEXED BY events_failed WHERE err_code <> 0 AND redelivery_certain IS NOT 1
      GROUP BY event_type),
    live AS (SELECT event_type, count(*) AS count
      FROM events INDEXED BY events_live WHERE confirmed_at IS NULL AND superseded_by IS NULL
      GROUP BY event_type),
    remarked AS (SELECT event_type, count(*) AS count
      FROM events INDEXED BY events_remarked
      WHERE diagnostics IS NOT NULL AND redelivery_certain IS NOT 1 GROUP BY event_type)
  SELECT event_type,
         deliveries - coalesce(relinked, 0) AS events,
         coalesce(relinked + again, 0) AS redeliveries,
         coalesce(failed.count, 0) AS failed,
         coalesce(live.count, 0) AS unconfirmed,
         coalesce(remarked.count, 0) AS with_diagnostics,
         (SELECT received_at FROM events WHERE id = first) AS first_received_at,
         (SELECT received_at FROM events WHERE id = last) AS last_received_at
  FROM kinds LEFT JOIN repeated USING (event_type) LEFT JOIN failed USING (event_type)
    LEFT JOIN live USING (event_type) LEFT JOIN remarked USING (event_type);
