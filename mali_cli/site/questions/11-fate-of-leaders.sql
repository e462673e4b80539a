-- Which leaders were killed, when, and who denied it?
-- People by what became of them: killed, captured, wounded, ousted or died, in a period; dates are 2012,
-- 2012-06 or 2012-06-27.
-- mali people --fate killed --from 2013 --to 2013
-- fate=killed&from=2013&to=2013
SELECT person, "group", role, fate, fate_date, fate_basis, note, sources
FROM people
WHERE
  (:fate = '' OR fate = fold(:fate))
  AND (:to = '' OR NOT coalesce(date_start > substr(:to || '~', 1, length(date_start)), 0))
  AND (
    :from = ''
    OR NOT coalesce(
      coalesce(date_end, fate_date) < substr(:from, 1, length(coalesce(date_end, fate_date))), 0
    )
  )
ORDER BY people_id
