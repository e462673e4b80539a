-- Who held what on a day?
-- The holder of each place by the last statement before a day, unknown before the first one. A day such as 2012-07-01
-- is needed: of a month or a year, which may have had several holders, the command gives intervals. Each holder stands
-- by the statement of the day since; the documents may have missed a later change.
-- mali control --on 2012-07-01 --region Kidal
-- on=2012-07-01&region=Kidal
WITH
  statements AS (
    SELECT
      control.control_id, control.place, coalesce(holder, 'unknown') AS holder, date_start, date_end, basis,
      according_to, event_id, note, sources,
      -- The point of a region only stands in for it.
      CASE WHEN kind NOT IN ('region', 'country', 'area') THEN latitude END AS latitude,
      CASE WHEN kind NOT IN ('region', 'country', 'area') THEN longitude END AS longitude
    FROM control LEFT JOIN places USING (place)
    WHERE (fold(:region) = '' OR fold(region) = fold(:region)) AND one_day(:on) <> ''
  ),
  intervals AS (
    SELECT
      this.*, min(later.date_start) AS until, min(later.date_end) AS until_by,
      row_number() OVER (ORDER BY this.place, this.date_start, this.date_end, this.control_id) AS number
    FROM statements AS this LEFT JOIN statements AS later ON
      later.place = this.place AND later.date_start > this.date_start
      AND CASE WHEN this.basis = 'present'
        THEN
          (later.basis = 'present' AND later.holder = 'unknown')
          OR EXISTS (
            SELECT 1 FROM control_holder AS one JOIN control_holder AS other USING ("group")
            WHERE one.control_id = this.control_id AND other.control_id = later.control_id
          )
        ELSE
          later.basis <> 'present'
          -- Rival accounts of one change, dated differently, do not end each other.
          AND NOT (this.basis = 'disputed' AND coalesce(later.event_id = this.event_id, 0))
        END
    WHERE NOT (this.basis = 'present' AND this.holder = 'unknown')
    GROUP BY this.control_id
  ),
  now AS (
    SELECT *, max(number) OVER (PARTITION BY place, holder, basis) AS last
    FROM intervals
    WHERE date_start <= one_day(:on) AND NOT coalesce(until_by <= one_day(:on), 0)
  ),
  held AS (
    SELECT
      place, holder, date_start AS since, until, basis, date_end <= one_day(:on) AND NOT coalesce(until <= one_day(:on), 0)
      AND holder <> 'unknown' AS certain, according_to, event_id, note, sources, latitude, longitude, number
    FROM now
    WHERE number = last
    UNION ALL
    SELECT DISTINCT
      place, 'unknown', NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, latitude, longitude, 0
    FROM intervals
    WHERE basis <> 'present' AND place NOT IN (SELECT place FROM now WHERE number = last AND basis <> 'present')
  )
SELECT place, holder, since, until, basis, certain, according_to, event_id, note, sources, latitude, longitude
FROM held
ORDER BY place, since, number
