-- Which leaders were killed, and when?
-- People by their fate (killed, captured, wounded, ousted or died), without fates that were denied; the period is that of
-- the fate. Without a fate, people by the period of their post.
-- mali people --fate killed --from 2013 --to 2013
-- fate=killed&from=2013&to=2013
SELECT person, "group", role, fate, fate_date, fate_basis, note, sources, fate_precision
FROM people
WHERE
  CASE
    WHEN fold(:fate) = '' THEN
      NOT coalesce(date_start > substr(last_day(:from, :to), 1, length(date_start)), 0)
      AND NOT coalesce(
        coalesce(date_end, fate_date) < substr(first_day(:from, :to), 1, length(coalesce(date_end, fate_date))), 0
      )
    ELSE
      fate = fold(:fate)
      AND fate_basis IS NOT 'denied'
      AND CASE
        WHEN first_day(:from, :to) = '' AND last_day(:from, :to) = '9999-12-31' THEN 1
        ELSE
          fate_date <= substr(last_day(:from, :to), 1, length(fate_date))
          AND fate_date >= substr(first_day(:from, :to), 1, length(fate_date))
      END
  END
ORDER BY people_id
