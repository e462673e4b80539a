-- How strong was a group?
-- Stated numbers of troops, fighters, vehicles and aircraft of a group and of everything that is part of it.
-- mali strengths --actor MNLA
-- group=MNLA
SELECT "group", as_of, what, low, high, "open", wording, status, according_to, note, sources
FROM strengths
WHERE fold(:group) = '' OR "group" IN (SELECT "group" FROM names_of_groups WHERE name = fold(:group))
ORDER BY strengths_id
