-- What rests on one source?
-- Events that rest on a document, on anything that it cites, or on one reference.
-- mali events --source wikipedia#125
-- source=wikipedia%23125
SELECT
  event_id, date_start, date_end, place, side_a, side_b, summary, basis, sources,
  killed_low, killed_best, killed_high, latitude, longitude
FROM events
WHERE
  fold(:source) = ''
  OR event_id IN (
    SELECT event_id FROM events_sources
    WHERE fold(:source) IN (fold(source), fold(substr(source, 1, instr(source || '#', '#') - 1)))
  )
ORDER BY date_start, date_end, event_id
