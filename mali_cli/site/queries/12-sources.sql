-- Where does this come from?
-- A document and all references that it cites, or a single reference.
-- mali sources --source almanac#52
-- source=almanac%2352
WITH all_sources AS (
  SELECT document AS source, document, 0 AS number, title, publisher, published AS "date", language FROM documents
  UNION ALL
  SELECT reference, document, number, title, publisher, "date", language FROM "references"
)
SELECT source, title, publisher, "date", language
FROM all_sources
WHERE fold(:source) = '' OR fold(:source) IN (fold(source), fold(document))
ORDER BY document, number
