-- Which group is behind a name?
-- The group with this name in any spelling, including the names that ACLED and UCDP use, and everything that is part of it.
-- mali groups --actor MOJWA
-- name=MOJWA
WITH matching_groups AS (SELECT "group" FROM names_of_groups WHERE name = fold(:name))
SELECT "group", name, aliases, kind, camp, country, part_of, founded, dissolved, summary
FROM groups
WHERE fold(:name) = '' OR "group" IN (SELECT "group" FROM matching_groups)
ORDER BY "group"
