-- Who was allied with a group, or fought it, at a time?
-- The relation is ally-of or fought; blank takes both. The time is 2012, 2012-06 or 2012-06-27; a relation
-- whose end is not told may have lasted.
-- mali groups --allied-with MNLA --on 2012-05
-- group=MNLA&relation=ally-of&on=2012-05
WITH
  asked AS (SELECT "group" FROM names_of_groups WHERE name = fold(:group)),
  -- Dates are as precise as known: 2012, 2012-05 or a day. An end in the same year or month leaves it open.
  then_so AS (
    SELECT "group", other FROM relations
    WHERE
      relation IN ('ally-of', 'fought') AND (fold(:relation) = '' OR relation = fold(:relation))
      AND basis IS NOT 'denied'
      AND NOT coalesce(date_start > substr(last_day(:on), 1, length(date_start)), 0)
      AND NOT coalesce(date_end < substr(first_day(:on), 1, length(date_end)), 0)
  ),
  related AS (
    SELECT other AS "group" FROM then_so WHERE "group" IN (SELECT "group" FROM asked)
    UNION
    SELECT "group" FROM then_so WHERE other IN (SELECT "group" FROM asked)
  )
SELECT "group", name, kind, camp, country, founded, dissolved, summary
FROM groups
WHERE
  "group" IN (SELECT "group" FROM related) AND "group" NOT IN (SELECT "group" FROM asked)
  AND NOT coalesce(founded > substr(last_day(:on), 1, length(founded)), 0)
  AND NOT coalesce(dissolved < substr(first_day(:on), 1, length(dissolved)), 0)
ORDER BY "group"
