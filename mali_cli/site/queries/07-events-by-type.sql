-- How many events of each type?
-- Number of events of each type. An event that may have happened outside the period is left out.
-- mali events --by event-type --from 2013 --to 2013
-- from=2013&to=2013
SELECT event_type, count(*) AS events, min(date_start) AS "first", max(date_end) AS "last"
FROM events
WHERE
  date_end >= first_day(:from, :to)
  AND date_start <= last_day(:from, :to)
  AND (date_precision = 'day' OR (date_start >= first_day(:from, :to) AND date_end <= last_day(:from, :to)))
GROUP BY event_type
ORDER BY events DESC, event_type IS NULL, event_type
