-- Who is behind all these names?
-- The group that bears a name in any spelling, also as ACLED and UCDP use it, with all that is part of it.
-- mali groups --actor MOJWA
-- name=MOJWA
WITH asked AS (SELECT "group" FROM names_of_groups WHERE name = fold(:name))
SELECT "group", name, aliases, kind, camp, country, part_of, founded, dissolved, summary
FROM groups
WHERE fold(:name) = '' OR "group" IN (SELECT "group" FROM asked)
ORDER BY "group"
