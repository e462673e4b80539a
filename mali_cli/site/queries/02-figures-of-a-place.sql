-- Who gave which casualty figure?
-- Casualty figures, at a place of events there and everywhere within it. Rival figures about the same people are listed
-- together, the best founded first. A figure whose event may have happened outside the period is left out.
-- mali casualties --place Konna --harm killed
-- place=Konna&country=&harm=killed&from=&to=
SELECT
  casualty_id, date_start, date_end, date_precision, event_id, "group", who, country, victims, harm, low, best, high,
  "open", wording, according_to, according_to_kind, status, sources
FROM casualties
WHERE
  (fold(:place) = '' OR event_id IN (SELECT event_id FROM events_place JOIN names_of_places USING (place) WHERE name = fold(:place)))
  AND (fold(:country) = '' OR country IN (SELECT "group" FROM names_of_groups WHERE name = fold(:country)))
  AND (fold(:harm) = '' OR harm = fold(:harm))
  AND date_end >= first_day(:from, :to)
  AND date_start <= last_day(:from, :to)
  AND (
    (date_start >= first_day(:from, :to) AND date_end <= last_day(:from, :to))
    OR event_id IN (SELECT event_id FROM events WHERE date_precision = 'day')
  )
  AND (scope = 'event' OR (fold(:place) = '' AND first_day(:from, :to) = '' AND last_day(:from, :to) = '9999-12-31'))
ORDER BY min(date_start) OVER (PARTITION BY tally), tally, "rank", casualty_id
