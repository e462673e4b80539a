-- How many people has each country lost?
-- Stated totals, next to the sums over single events.
-- mali casualties --by country
--
SELECT * FROM casualties_by_country ORDER BY rowid
