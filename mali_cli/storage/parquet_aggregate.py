"""Sum casualties in DuckDB, from a converted dataset whose events.parquet has the fatalities of each event.

Each event then has at most one figure, so the rules of `queries.fatalities` reduce to sums of columns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from mali_cli.model import schema
from mali_cli.model.filters import Filters
from mali_cli.model.vocabulary import ACTOR_COLUMNS, BOUNDS, VIOLENT_SUB_TYPES, VIOLENT_TYPES
from mali_cli.queries import fatalities
from mali_cli.storage.parquet_where import Condition
from mali_cli.storage.sql_literals import literal_list

if TYPE_CHECKING:
    import pandas as pd


RunQuery = Callable[[str, Sequence[object]], list[tuple[Any, ...]]]
TableExpression = Callable[[str], str]

# Filters that `parquet_where.event_condition` applies exactly.
SUPPORTED_FILTERS = (
    *("period", "dates", "actors", "places", "regions", "event_countries", "nearby_places", "types"),
    "min_killed",
)
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
# `figured` is a column of events.parquet: whether the event has a figure.
MEASURE_SQL = """
    count(*) FILTER (figured) AS events,
    sum(killed_low) AS killed_low, sum(killed_best) AS killed_best, sum(killed_high) AS killed_high,
    count(*) FILTER (figured AND killed_best IS NULL) AS unknown,
    count(*) FILTER (NOT figured AND violent) AS not_stated"""
MEASURE_COLUMNS = ["events", *(f"killed_{bound}" for bound in BOUNDS), "unknown", "not_stated"]

VIOLENT_SQL = (
    f"(event_type IN ({literal_list(sorted(VIOLENT_TYPES))})"
    f" OR sub_event_type IN ({literal_list(sorted(VIOLENT_SUB_TYPES))}))"
)


def supports(keys: list[str], filters: Filters) -> bool:
    """Return whether `aggregate` can sum by these keys with these filters."""
    unsupported = [name for name in Filters.__dataclass_fields__ if name not in SUPPORTED_FILTERS]
    return set(keys) <= set(KEY_SQL) and not filters.any_of(*unsupported)


def aggregate(
    run_query: RunQuery,
    table_expression: TableExpression,
    keys: list[str],
    where: Condition,
    possible: Condition | None = None,
) -> fatalities.PartialSums:
    """Return the sums by the keys: the same as those of `fatalities.partial_sums`.

    `possible` is the condition of the events that are left out because they only may fall into the period.
    """
    import pandas as pd

    statement = _sums_by_key_sql(table_expression("events"), table_expression("places"), keys, where)
    frame = pd.DataFrame(run_query(statement, where.parameters), columns=[*keys, *MEASURE_COLUMNS])
    frame[MEASURE_COLUMNS] = frame[MEASURE_COLUMNS].astype(float)
    frame[keys] = frame[keys].astype(object).where(frame[keys].notna(), None)
    columns = [column.name for column in schema.result_columns("sums")]
    table = frame.reindex(columns=[*keys, *columns]).assign(open=False)
    left_out = {} if possible is None else _left_out(run_query, table_expression("events"), possible)
    return _partial_sums(run_query, table_expression("events"), where, table, left_out)


def _sums_by_key_sql(events: str, places: str, keys: list[str], where: Condition) -> str:
    key_names = ", ".join(f'"{key}"' for key in keys)
    key_cells = ", ".join(f'{KEY_SQL[key]} AS "{key}"' for key in keys)
    matching = f"""
        SELECT killed_low, killed_best, killed_high, figured, {key_cells}, coalesce({VIOLENT_SQL}, false) AS violent
        FROM (
            SELECT e.*, p.region, p.country, concat_ws(';', {", ".join(ACTOR_COLUMNS)}) AS actors
            FROM (SELECT * FROM {events} WHERE {where.sql}) AS e LEFT JOIN {places} AS p USING (place)
        )"""
    sums = f"SELECT {key_names}, {MEASURE_SQL} FROM ({matching}) WHERE figured OR violent GROUP BY ALL"
    if "actor" not in keys:
        return sums
    # Actors are split after summing by whole lists of actors, which are far fewer than events.
    actor_list = """CASE WHEN coalesce("actor", '') = '' THEN [NULL]
        ELSE list_distinct(string_split("actor", ';')) END"""
    by_actor = f'SELECT * REPLACE (unnest({actor_list}) AS "actor") FROM ({sums})'
    measures = ", ".join(f"sum({measure}) AS {measure}" for measure in MEASURE_COLUMNS)
    return f"SELECT {key_names}, {measures} FROM ({by_actor}) GROUP BY ALL"


def _partial_sums(
    run_query: RunQuery,
    events: str,
    where: Condition,
    table: pd.DataFrame,
    left_out: dict[str, fatalities.LeftOut],
) -> fatalities.PartialSums:
    import pandas as pd

    statement = f"""
        SELECT sum(killed_low), sum(killed_best), sum(killed_high), count(*) FILTER (killed_best IS NOT NULL),
            count(*) FILTER (NOT figured AND {VIOLENT_SQL}), count(*) FILTER (figured AND killed_best IS NULL)
        FROM {events} WHERE {where.sql}"""
    [(*bounds, with_number, without_figures, unknown)] = run_query(statement, where.parameters)
    by_year = f"""
        SELECT {KEY_SQL["year"]} AS bin, count(*) FROM {events} WHERE {where.sql}
        GROUP BY ALL HAVING bin IS NOT NULL ORDER BY bin"""
    years: dict[str, int] = dict(run_query(by_year, where.parameters))
    total = dict(zip((f"killed_{bound}" for bound in BOUNDS), bounds, strict=True))
    return fatalities.PartialSums(
        table=table,
        total=pd.DataFrame([{**total, "open": False, "unknown": unknown}]),
        events=with_number,
        events_without_figures=without_figures,
        single_belligerent_tallies=0,
        zeros=unknown,  # only a 0 of ACLED is a figure without a number
        per_year=pd.Series(years, dtype="int64"),
        left_out=left_out,
    )


def _left_out(run_query: RunQuery, events: str, where: Condition) -> dict[str, fatalities.LeftOut]:
    statement = f"""
        SELECT count(*) FILTER (figured), CAST(coalesce(sum(killed_best), 0) AS BIGINT)
        FROM {events} WHERE {where.sql}"""
    [(figures, killed)] = run_query(statement, where.parameters)
    return {fatalities.POSSIBLE: fatalities.LeftOut(figures, killed)} if figures else {}
