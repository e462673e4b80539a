"""Sums of a converted dataset by DuckDB, where each event has one figure at most and nothing else is told of the dead.

Then the rules of sums (queries/sums.py) come down to adding up columns, and the toll stands in events.parquet itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mali_cli.model import schema
from mali_cli.model.filters import Filters
from mali_cli.model.vocabulary import ACTOR_COLUMNS, BOUNDS, VIOLENT_SUB_TYPES, VIOLENT_TYPES
from mali_cli.queries import fatalities
from mali_cli.storage import sql_literals

if TYPE_CHECKING:
    import pandas as pd


RunQuery = Callable[[str], list[tuple[Any, ...]]]
TableExpression = Callable[[str], str]

# Filters that a condition on events answers to the letter.
SUPPORTED_FILTERS = ("period", "actors", "places", "regions", "event_countries", "nearby_places", "types")
SAME_BIN = "CASE WHEN {0}(date_start) = {0}(date_end) AND year(date_start) = year(date_end) THEN {1} END"
KEY_SQL = {
    "year": SAME_BIN.format("year", "CAST(year(date_start) AS VARCHAR)"),
    "quarter": SAME_BIN.format("quarter", "concat(year(date_start), '-Q', quarter(date_start))"),
    "month": SAME_BIN.format("month", "strftime(date_start, '%Y-%m')"),
    "in": "country",
    "place": "place",
    "region": "region",
    "event_type": "event_type",
    "actor": "actors",
}
MEASURE_SQL = """
    count(*) FILTER (figured) AS events,
    sum(killed_low) AS killed_low, sum(killed_best) AS killed_best, sum(killed_high) AS killed_high,
    count(*) FILTER (figured AND killed_best IS NULL) AS unknown,
    count(*) FILTER (NOT figured AND violent) AS not_stated"""

MEASURE_COLUMNS = [
    "events",
    *(f"killed_{bound}" for bound in BOUNDS),
    "unknown",
    "not_stated",
]  # the same, in order


def supports(keys: list[str], filters: Filters) -> bool:
    """Whether this way knows these keys and everything that was asked."""
    asked_else = [name for name in Filters.__dataclass_fields__ if name not in SUPPORTED_FILTERS]
    return set(keys) <= set(KEY_SQL) and not filters.any_of(*asked_else)


def aggregate(
    run_query: RunQuery, table_expression: TableExpression, keys: list[str], filters: Filters, where: str
) -> tuple[pd.DataFrame, fatalities.SumTotals]:
    """The table and the totals of queries/sums.py: the same numbers, rows and order."""
    import pandas as pd

    types, sub_types = (sql_literals.literal_list(sorted(words)) for words in (VIOLENT_TYPES, VIOLENT_SUB_TYPES))
    violent = f"event_type IN ({types}) OR sub_event_type IN ({sub_types})"
    sides = f"concat_ws(';', {', '.join(ACTOR_COLUMNS)})"
    places = table_expression("places")
    found = f"""
        SELECT killed_low, killed_best, killed_high, figured, {", ".join(f'{KEY_SQL[k]} AS "{k}"' for k in keys)},
            coalesce({violent}, false) AS violent
        FROM (
            SELECT e.*, p.region, p.country, {sides} AS actors
            FROM (SELECT * FROM {table_expression("events")} WHERE {where}) AS e LEFT JOIN {places} AS p USING (place)
        )"""
    names = ", ".join(f'"{key}"' for key in keys)
    # First by the cells as they are: far fewer than events, they are then taken apart by actor.
    grouped = f"SELECT {names}, {MEASURE_SQL} FROM ({found}) WHERE figured OR violent GROUP BY ALL"
    if "actor" in keys:
        one_by_one = """CASE WHEN coalesce("actor", '') = '' THEN [NULL]
            ELSE list_distinct(string_split("actor", ';')) END"""
        added = ", ".join(f"sum({measure}) AS {measure}" for measure in MEASURE_COLUMNS)
        apart = f'SELECT * REPLACE (unnest({one_by_one}) AS "actor") FROM ({grouped})'
        grouped = f"SELECT {names}, {added} FROM ({apart}) GROUP BY ALL"
    frame = pd.DataFrame(run_query(grouped), columns=[*keys, *MEASURE_COLUMNS])
    frame[MEASURE_COLUMNS] = frame[MEASURE_COLUMNS].astype(float)
    frame[keys] = frame[keys].astype(object).where(frame[keys].notna(), None)
    table = fatalities.format_table(frame, keys, schema.result_columns("sums"), counts_not_stated=True)
    return table, _sum_totals(run_query, table_expression, where, violent)


def _sum_totals(
    run_query: RunQuery, table_expression: TableExpression, where: str, violent: str
) -> fatalities.SumTotals:
    events = table_expression("events")
    [total] = run_query(f"""
        SELECT sum(killed_low), sum(killed_best), sum(killed_high), count(*) FILTER (killed_best IS NOT NULL),
            count(*) FILTER (NOT figured AND ({violent})), count(*) FILTER (figured AND killed_best IS NULL)
        FROM {events} WHERE {where}""")
    years = run_query(f"""
        SELECT {KEY_SQL["year"]} AS bin, count(*) FROM {events} WHERE {where}
        GROUP BY ALL HAVING bin IS NOT NULL ORDER BY bin""")
    low, best, high = (None if n is None else int(n) for n in total[:3])
    with_number, without_figures, unknown = total[3:]
    return fatalities.SumTotals(
        low=low,
        best=best,
        high=high,
        open=False,
        events=with_number,
        events_without_figures=without_figures,
        unknown=unknown,
        single_belligerent_tallies=0,
        per_year=dict(years),
    )
