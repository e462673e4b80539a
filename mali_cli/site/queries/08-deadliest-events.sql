-- What were the deadliest attacks, and against whom?
-- Events with at least this many people killed, by the best estimate. Events without a number are left out: unknown is not
-- zero.
-- mali events --min-killed 40 --sort -killed_best
-- at_least=40
SELECT
  event_id, date_start, date_end, date_precision, place, side_a, side_b, summary, killed_low, killed_best, killed_high,
  killed_open, killed_unknown, lost_best, lost_unknown, basis, latitude, longitude
FROM events
WHERE killed_best >= at_least(:at_least)
ORDER BY killed_best DESC, date_start, date_end, event_id
