-- Who gave which casualty figure?
-- Casualty figures of events at a place and everywhere within it. Rival figures of one tally are listed together, by rank.
-- mali casualties --place Konna --harm killed
-- place=Konna&harm=killed
SELECT
  casualty_id, date_start, date_end, date_precision, event_id, "group", who, country, victims, harm, low, best, high, "open", wording,
  according_to, according_to_kind, status, sources
FROM casualties
WHERE
  (fold(:place) = '' OR event_id IN (SELECT event_id FROM events_place JOIN names_of_places USING (place) WHERE name = fold(:place)))
  AND (fold(:harm) = '' OR harm = fold(:harm))
ORDER BY min(date_start) OVER (PARTITION BY tally), tally, "rank", casualty_id
