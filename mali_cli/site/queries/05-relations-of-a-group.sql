-- How was a group related to others?
-- Relations of a group and of everything that is part of it: split-from, merged-into, successor-of, member-of, ally-of,
-- fought and others.
-- mali relations --actor Al-Mourabitoun --relation merged-into
-- group=Al-Mourabitoun&relation=merged-into
WITH matching_groups AS (SELECT "group" FROM names_of_groups WHERE name = fold(:group))
SELECT "group", relation, other, date_start, date_end, basis, summary, sources
FROM relations
WHERE
  (fold(:group) = '' OR "group" IN (SELECT "group" FROM matching_groups) OR other IN (SELECT "group" FROM matching_groups))
  AND (fold(:relation) = '' OR relation = fold(:relation))
ORDER BY relations_id
