-- What did a group do, and against whom?
-- Events in which a group took part, with everything that is part of it, or that it claimed, or in which it had losses.
-- With an opponent, the violent events in which the two were on opposite sides. An event that may have happened outside
-- the period is left out.
-- mali events --actor MNLA --against MOJWA
-- group=MNLA&against=MOJWA&from=&to=
WITH
  actors AS (SELECT "group" FROM names_of_groups WHERE name = fold(:group)),
  opponents AS (SELECT "group" FROM names_of_groups WHERE name = fold(:against)),
  participants AS (
    SELECT event_id, "group" FROM events_side_a
    UNION ALL SELECT event_id, "group" FROM events_side_b
    UNION ALL SELECT event_id, "group" FROM events_responsibility
    UNION ALL SELECT event_id, casualties_group."group" FROM casualties_group JOIN casualties USING (casualty_id)
  ),
  opposed AS (
    SELECT event_id, one."group" AS actor, other."group" AS opponent
    FROM events_side_a AS one JOIN events_side_b AS other USING (event_id)
    UNION ALL
    SELECT event_id, other."group", one."group"
    FROM events_side_a AS one JOIN events_side_b AS other USING (event_id)
  )
SELECT
  event_id, date_start, date_end, date_precision, place, side_a, side_b, summary, killed_low, killed_best, killed_high,
  killed_open, killed_unknown, lost_best, lost_unknown, basis, latitude, longitude
FROM events
WHERE
  (fold(:group) = '' OR event_id IN (SELECT event_id FROM participants WHERE "group" IN (SELECT "group" FROM actors)))
  AND (
    fold(:against) = ''
    OR (
      event_id IN (SELECT event_id FROM opposed WHERE actor IN (SELECT "group" FROM actors) AND opponent IN (SELECT "group" FROM opponents))
      AND (event_type IN ('Battles', 'Explosions/Remote violence', 'Violence against civilians', 'Riots') OR sub_event_type = 'Excessive force against protesters')
    )
  )
  AND date_end >= first_day(:from, :to)
  AND date_start <= last_day(:from, :to)
  AND (date_precision = 'day' OR (date_start >= first_day(:from, :to) AND date_end <= last_day(:from, :to)))
ORDER BY date_start, date_end, event_id
