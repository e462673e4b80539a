-- Who held each place on a given day?
-- The holder of each place according to the last statement before that day; unknown before the first statement. A holder
-- whose statement is more than two years older is only last known: the documents may have missed a later change.
-- mali control --on 2012-07-01 --region Kidal
-- on=2012-07-01&region=Kidal
WITH
  intervals AS (
    SELECT control_intervals.*, iif(as_of > one_day(:on), since, as_of) AS stated
    FROM control_intervals LEFT JOIN places USING (place)
    WHERE (fold(:region) = '' OR fold(region) = fold(:region)) AND one_day(:on) <> ''
  ),
  intervals_on_day AS (
    SELECT *, max(number) OVER (PARTITION BY place, holder, basis) AS last_number
    FROM intervals
    WHERE since <= one_day(:on) AND NOT coalesce(until_by <= one_day(:on), 0)
  ),
  holders AS (
    SELECT
      place, holder, since, since_by, until, until_by, stated AS as_of,
      CASE
        WHEN holder = 'unknown' THEN 'unknown'
        WHEN stated < date(one_day(:on), '-2 years') THEN 'last known'
        WHEN since_by > one_day(:on) OR coalesce(until <= one_day(:on), 0) THEN 'may have changed'
        ELSE 'recent'
      END AS status,
      round(max(julianday(one_day(:on)) - julianday(stated), 0) / 365.25, 1) AS age_years,
      basis, according_to, event_id, note, sources, number
    FROM intervals_on_day
    WHERE number = last_number
    UNION ALL
    SELECT DISTINCT
      place, 'unknown', NULL, NULL, NULL, NULL, NULL, 'unknown', NULL, NULL, NULL, NULL, NULL, NULL, 0
    FROM intervals
    WHERE
      basis <> 'present'
      AND place NOT IN (SELECT place FROM intervals_on_day WHERE number = last_number AND basis <> 'present')
  )
SELECT
  place, holder, since, since_by, until, until_by, as_of, status, age_years, basis, according_to, event_id, note, sources
FROM holders
ORDER BY place, since, number
