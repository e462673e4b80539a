-- What happened at a place?
-- Events at a place and everywhere within it. An event that may have happened outside the period is left out. A blank box
-- does not filter.
-- mali events --place Konna --from 2013-01-10 --to 2013-01-12
-- place=Konna&from=2013-01-10&to=2013-01-12
SELECT
  event_id, date_start, date_end, date_precision, place, side_a, side_b, summary, killed_low, killed_best, killed_high,
  killed_open, killed_unknown, lost_best, lost_unknown, basis, latitude, longitude
FROM events
WHERE
  (fold(:place) = '' OR event_id IN (SELECT event_id FROM events_place JOIN names_of_places USING (place) WHERE name = fold(:place)))
  AND date_end >= first_day(:from, :to)
  AND date_start <= last_day(:from, :to)
  AND (date_precision = 'day' OR (date_start >= first_day(:from, :to) AND date_end <= last_day(:from, :to)))
ORDER BY date_start, date_end, event_id
