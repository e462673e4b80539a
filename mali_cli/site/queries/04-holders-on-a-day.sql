-- Who held each place on a given day?
-- The holder of each place according to the last statement before that day; unknown before the first statement. It needs
-- a day such as 2012-07-01: for a month or a year, which may include a change of holder, the command gives intervals.
-- The column since has the date of the statement; the documents may have missed a later change.
-- mali control --on 2012-07-01 --region Kidal
-- on=2012-07-01&region=Kidal
WITH
  statements AS (
    SELECT
      control.control_id, control.place, coalesce(holder, 'unknown') AS holder, date_start, date_end, basis,
      according_to, event_id, note, sources,
      -- The coordinates of a region, country or area are only a point within it.
      CASE WHEN kind NOT IN ('region', 'country', 'area') THEN latitude END AS latitude,
      CASE WHEN kind NOT IN ('region', 'country', 'area') THEN longitude END AS longitude
    FROM control LEFT JOIN places USING (place)
    WHERE (fold(:region) = '' OR fold(region) = fold(:region)) AND one_day(:on) <> ''
  ),
  intervals AS (
    SELECT
      statement.*, min(later.date_start) AS until, min(later.date_end) AS until_by,
      row_number() OVER (
        ORDER BY statement.place, statement.date_start, statement.date_end, statement.control_id
      ) AS number
    FROM statements AS statement LEFT JOIN statements AS later ON
      later.place = statement.place AND later.date_start > statement.date_start
      AND CASE WHEN statement.basis = 'present'
        THEN
          (later.basis = 'present' AND later.holder = 'unknown')
          OR EXISTS (
            SELECT 1 FROM control_holder AS holder_before JOIN control_holder AS holder_later USING ("group")
            WHERE holder_before.control_id = statement.control_id AND holder_later.control_id = later.control_id
          )
        ELSE
          later.basis <> 'present'
          -- Rival statements about the same change, with different dates, do not end each other.
          AND NOT (statement.basis = 'disputed' AND coalesce(later.event_id = statement.event_id, 0))
        END
    WHERE NOT (statement.basis = 'present' AND statement.holder = 'unknown')
    GROUP BY statement.control_id
  ),
  intervals_on_day AS (
    SELECT *, max(number) OVER (PARTITION BY place, holder, basis) AS last_number
    FROM intervals
    WHERE date_start <= one_day(:on) AND NOT coalesce(until_by <= one_day(:on), 0)
  ),
  holders AS (
    SELECT
      place, holder, date_start AS since, until, basis, date_end <= one_day(:on) AND NOT coalesce(until <= one_day(:on), 0)
      AND holder <> 'unknown' AS certain, according_to, event_id, note, sources, latitude, longitude, number
    FROM intervals_on_day
    WHERE number = last_number
    UNION ALL
    SELECT DISTINCT
      place, 'unknown', NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, latitude, longitude, 0
    FROM intervals
    WHERE
      basis <> 'present'
      AND place NOT IN (SELECT place FROM intervals_on_day WHERE number = last_number AND basis <> 'present')
  )
SELECT place, holder, since, until, basis, certain, according_to, event_id, note, sources, latitude, longitude
FROM holders
ORDER BY place, since, number
