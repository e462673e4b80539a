-- How was a group related to others?
-- Relations of a group and of everything that is part of it: splits, mergers, memberships, alliances, fights and others.
-- mali relations --actor Al-Mourabitoun --relation merged-into
-- group=Al-Mourabitoun&relation=merged-into
WITH matching_groups AS (SELECT "group" FROM names_of_groups WHERE name = fold(:group))
SELECT date_start, date_end, first_reported, last_reported, "group", relation, other, summary, basis, sources
FROM relations
WHERE
  (fold(:group) = '' OR "group" IN (SELECT "group" FROM matching_groups) OR other IN (SELECT "group" FROM matching_groups))
  AND (fold(:relation) = '' OR relation = fold(:relation))
ORDER BY relations_id
