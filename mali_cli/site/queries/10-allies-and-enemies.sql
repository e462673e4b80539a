-- Who was allied with a group, or fought against it?
-- Groups by their alliances and fights. A relation without a stated end counts until it was last reported.
-- mali groups --allied-with MNLA --on 2012-05
-- group=MNLA&relation=ally-of&on=2012-05
WITH
  matching_groups AS (SELECT "group" FROM names_of_groups WHERE name = fold(:group)),
  -- A date may be a year or a month: then the relation, or the group, may have existed in all of it.
  dated_relations AS (
    SELECT *, coalesce(date_start, first_reported) AS since, coalesce(date_end, last_reported) AS until FROM relations
  ),
  relations_then AS (
    SELECT "group", other FROM dated_relations
    WHERE
      relation IN ('ally-of', 'fought') AND (fold(:relation) = '' OR relation = fold(:relation))
      AND basis IS NOT 'denied'
      AND NOT coalesce(since > substr(last_day(:on), 1, length(since)), 0)
      AND NOT coalesce(until < substr(first_day(:on), 1, length(until)), 0)
  ),
  related AS (
    SELECT other AS "group" FROM relations_then WHERE "group" IN (SELECT "group" FROM matching_groups)
    UNION
    SELECT "group" FROM relations_then WHERE other IN (SELECT "group" FROM matching_groups)
  )
SELECT "group", name, kind, camp, country, founded, dissolved, summary
FROM groups
WHERE
  "group" IN (SELECT "group" FROM related) AND "group" NOT IN (SELECT "group" FROM matching_groups)
  AND NOT coalesce(founded > substr(last_day(:on), 1, length(founded)), 0)
  AND NOT coalesce(dissolved < substr(first_day(:on), 1, length(dissolved)), 0)
ORDER BY "group"
