-- Which leaders were killed, when, and who denied it?
-- People by their fate (killed, captured, wounded, ousted or died), in a period. Dates are 2012, 2012-06 or
-- 2012-06-27.
-- mali people --fate killed --from 2013 --to 2013
-- fate=killed&from=2013&to=2013
SELECT person, "group", role, fate, fate_date, fate_basis, note, sources
FROM people
WHERE
  (fold(:fate) = '' OR fate = fold(:fate))
  AND NOT coalesce(date_start > substr(last_day(:from, :to), 1, length(date_start)), 0)
  AND NOT coalesce(
    coalesce(date_end, fate_date) < substr(first_day(:from, :to), 1, length(coalesce(date_end, fate_date))), 0
  )
ORDER BY people_id
