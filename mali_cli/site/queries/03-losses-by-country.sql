-- How many has each country lost?
-- What the documents state as totals, and beside it what single events add up to by the rules of sums.
-- mali casualties --by country
--
SELECT * FROM casualties_by_country ORDER BY rowid
