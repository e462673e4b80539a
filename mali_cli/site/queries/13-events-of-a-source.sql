-- Which events cite a source?
-- Events that cite a document or any of its references, or a single reference.
-- mali events --source wikipedia#125
-- source=wikipedia%23125
SELECT
  event_id, date_start, date_end, date_precision, place, side_a, side_b, summary, killed_low, killed_best, killed_high,
  killed_open, killed_unknown, lost_best, lost_unknown, basis, sources, latitude, longitude
FROM events
WHERE
  fold(:source) = ''
  OR event_id IN (
    SELECT event_id FROM events_sources
    WHERE fold(:source) IN (fold(source), fold(substr(source, 1, instr(source || '#', '#') - 1)))
  )
ORDER BY date_start, date_end, event_id
