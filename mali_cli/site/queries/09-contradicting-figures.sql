-- Where do the sources contradict each other about a number?
-- Tallies whose current figures exclude each other, or of which one was revised or denied, in a period;
-- dates are 2012, 2012-06 or 2012-06-27.
-- mali casualties --disputed --from 2012-11 --to 2012-11
-- from=2012-11&to=2012-11
WITH
  found AS (
    SELECT * FROM casualties
    WHERE date_end >= first_day(:from, :to) AND date_start <= last_day(:from, :to)
  ),
  bounds AS (
    SELECT
      tally, coalesce(low, best, high) AS lower,
      CASE WHEN "open" THEN 9e999 ELSE coalesce(high, best, low) END AS upper
    FROM found
    WHERE status = 'current' AND coalesce(low, best, high) IS NOT NULL
  ),
  disputed AS (
    SELECT tally FROM bounds GROUP BY tally HAVING max(lower) > min(upper)
    UNION
    SELECT tally FROM found WHERE status <> 'current'
  )
SELECT
  casualty_id, tally, event_id, "group", harm, wording, low, best, high, "open", according_to, according_to_kind, status,
  note, sources
FROM found
WHERE tally IN (SELECT tally FROM disputed)
ORDER BY min(date_start) OVER (PARTITION BY tally), tally, "rank", casualty_id
