-- Who held each place on a given day?
-- The holder of each place according to the last statement before that day; unknown before the first statement. It needs
-- a day such as 2012-07-01: for a month or a year, which may include a change of holder, the command gives intervals.
-- The column as_of has the day of the statement; a holder whose statement is more than two years older is only last
-- known, and the documents may have missed a later change.
-- mali control --on 2012-07-01 --region Kidal
-- on=2012-07-01&region=Kidal
WITH
  intervals AS (
    SELECT
      control_intervals.*,
      -- The coordinates of a region, country or area are only a point within it.
      CASE WHEN kind NOT IN ('region', 'country', 'area') THEN latitude END AS latitude,
      CASE WHEN kind NOT IN ('region', 'country', 'area') THEN longitude END AS longitude
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
      place, holder, since, until, basis,
      CASE
        WHEN holder = 'unknown' THEN 'unknown'
        WHEN iif(as_of > one_day(:on), since, as_of) < date(one_day(:on), '-2 years') THEN 'last known'
        WHEN since_by > one_day(:on) OR coalesce(until <= one_day(:on), 0) THEN 'may have changed'
        ELSE 'recent'
      END AS status,
      according_to, event_id, note, sources, iif(as_of > one_day(:on), since, as_of) AS as_of,
      latitude, longitude, number
    FROM intervals_on_day
    WHERE number = last_number
    UNION ALL
    SELECT DISTINCT
      place, 'unknown', NULL, NULL, NULL, 'unknown', NULL, NULL, NULL, NULL, NULL, latitude, longitude, 0
    FROM intervals
    WHERE
      basis <> 'present'
      AND place NOT IN (SELECT place FROM intervals_on_day WHERE number = last_number AND basis <> 'present')
  )
SELECT place, holder, since, until, basis, status, according_to, event_id, note, sources, as_of, latitude, longitude
FROM holders
ORDER BY place, since, number
