-- Where do the sources contradict each other about a number?
-- Figures about the same people that exclude each other, or of which one was revised or denied. With a period, only
-- those of events that certainly happened in it.
-- mali casualties --disputed --from 2012-11 --to 2012-11
-- from=2012-11&to=2012-11
WITH
  figures_in_period AS (
    SELECT *, min(date_start) OVER (PARTITION BY tally) AS tally_start FROM casualties
    WHERE date_end >= first_day(:from, :to) AND date_start <= last_day(:from, :to)
  ),
  bounds AS (
    SELECT
      tally, coalesce(low, best, high) AS lower,
      CASE WHEN "open" THEN 9e999 ELSE coalesce(high, best, low) END AS upper
    FROM figures_in_period
    WHERE status = 'current' AND coalesce(low, best, high) IS NOT NULL
  ),
  disputed_tallies AS (
    SELECT tally FROM bounds GROUP BY tally HAVING max(lower) > min(upper)
    UNION
    SELECT tally FROM figures_in_period WHERE status <> 'current'
  )
SELECT
  casualty_id, tally, date_start, date_end, date_precision, event_id, "group", who, country, victims, harm, low, best, high, "open",
  wording, according_to, according_to_kind, status, note, sources
FROM figures_in_period
WHERE
  tally IN (SELECT tally FROM disputed_tallies)
  AND (
    (date_start >= first_day(:from, :to) AND date_end <= last_day(:from, :to))
    OR date_precision = 'day'
  )
  AND (scope = 'event' OR (first_day(:from, :to) = '' AND last_day(:from, :to) = '9999-12-31'))
ORDER BY tally_start, tally, "rank", casualty_id
